CREATE TABLE account (id INTEGER PRIMARY KEY, name TEXT, amount TEXT, born TEXT);
INSERT INTO account VALUES (3, 'Cy', '10.50', '2000-03-01'), (1, ' Ann ', NULL, '2000-03-02'), (2, '', '1', NULL), (4, NULL, NULL, NULL), (10, 'Émile', '-0.01', NULL);
