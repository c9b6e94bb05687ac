CREATE TABLE lines (key TEXT PRIMARY KEY, order_id INTEGER, place TEXT, article TEXT, count INTEGER, note TEXT);
