# Money, open orders, positions and the last fills; a key with the scope read is enough.
get() { curl -sf -H "Authorization: Token $KEY" "$SITE/api/v1/$1"; }

get account/
get 'orders/?status=open'
get account/positions/
get 'account/fills/?limit=20'
# What the limits are, and what is left of them.
get account/limits/
