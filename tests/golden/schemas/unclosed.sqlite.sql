CREATE TABLE a (id int);
INSERT INTO a VALUES ('not closed);
