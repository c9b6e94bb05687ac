CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE others (id INTEGER);
INSERT INTO people VALUES (1, 'old one'), (2, 'old two'), (9, 'old nine');
INSERT INTO others VALUES (5);
