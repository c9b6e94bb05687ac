SELECT key, order_id, place, article, count, note FROM lines ORDER BY rowid
1-nut|1|list|nut|3|big
1-bolt|1|list|bolt|4|
4-gift|4|gift|mug|1|
6-a|6|list|a|1|
6-b|6|list|b|3|
6-gift|6|gift|surprise|1|
