# A post-only order, which cannot match at once; then another price, and its place in the queue.
orders="$SITE/api/v1/orders/"
send() { curl -sf -H "Authorization: Token $KEY" -H 'Content-Type: application/json' "$@"; }
id_of() { sed 's/.*"id":"\([0-9]*\)".*/\1/'; }

contract=$(curl -sf "$SITE/api/v1/markets/$SLUG/book/" | sed 's/.*"contracts":\[{"contract":"\([0-9]*\)".*/\1/')
order=$(send "$orders" -d "{\"contract\": \"$contract\", \"side\": \"buy\", \"price\": \"0.0200\",
    \"quantity\": 10, \"post_only\": true}" | id_of)
order=$(send -X PATCH "$orders$order/" -d '{"price": "0.0300"}' | id_of)
send "${orders}$order/queue/"
send -X DELETE "$orders$order/"
