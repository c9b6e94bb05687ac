CREATE TABLE account (
  id INTEGER PRIMARY KEY,
  country TEXT NOT NULL,   -- a name
  kind TEXT NOT NULL,
  mail TEXT
);
