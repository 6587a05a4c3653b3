# Both sides in one request, as one group; then all of the group is cancelled.
orders="$SITE/api/v1/orders/"
send() { curl -sf -H "Authorization: Token $KEY" -H 'Content-Type: application/json' "$@"; }

contract=$(curl -sf "$SITE/api/v1/markets/$SLUG/book/" | sed 's/.*"contracts":\[{"contract":"\([0-9]*\)".*/\1/')
quote="\"contract\": \"$contract\", \"quantity\": 5, \"group\": \"7\""
send "${orders}batch/" -d "{\"orders\": [
    {$quote, \"side\": \"buy\", \"price\": \"0.0200\"},
    {$quote, \"side\": \"sell\", \"price\": \"0.9800\"}]}"
send "${orders}cancel-all/" -d '{"group": "7"}'
