# What an order would cost, and what it could win and lose; it changes nothing.
contract=$(curl -sf "$SITE/api/v1/markets/$SLUG/book/" | sed 's/.*"contracts":\[{"contract":"\([0-9]*\)".*/\1/')
curl -sf -H "Authorization: Token $KEY" -H 'Content-Type: application/json' "$SITE/api/v1/orders/preview/" \
    -d "{\"contract\": \"$contract\", \"side\": \"buy\", \"price\": \"0.0200\", \"quantity\": 10}"
