CREATE TABLE good (id int PRIMARY KEY);
CREATE TABLE bad (
  id int,
  , name text
);
CREATE TABLE open (id int
