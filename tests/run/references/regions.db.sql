CREATE TABLE regions(code TEXT PRIMARY KEY);
INSERT INTO regions VALUES ('north'), ('south');
