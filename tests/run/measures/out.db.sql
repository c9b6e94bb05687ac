CREATE TABLE orders(id TEXT PRIMARY KEY, total TEXT, currency TEXT, state TEXT, day TEXT);
INSERT INTO orders VALUES ('old', '77.00', 'CHF', 'O', '2020-01-01');
