CREATE TABLE account (
  id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name varchar(200) NOT NULL COMMENT 'a ''quoted'' comment; with , and )',
  country char(2) NOT NULL,
  rating tinyint CHECK (rating BETWEEN 1 AND 5),
  flag tinyint(1) NOT NULL DEFAULT 0,
  stage enum('lead', 'In Progress', 'it''s won') NOT NULL DEFAULT 'lead',
  labels set('a', 'b'),
  revenue decimal(14, 2),
  small smallint unsigned,
  medium mediumint,
  note json,
  created timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(),
  changed datetime(3),
  born date,
  opens time,
  body longtext,
  picture blob,
  ratio double,
  upper_name varchar(200) GENERATED ALWAYS AS (upper(name)) VIRTUAL,
  UNIQUE KEY by_country (country),
  KEY by_name (name, born)
);
CREATE TABLE line (
  account_id bigint unsigned NOT NULL,
  pos int NOT NULL,
  amount int unsigned NOT NULL DEFAULT 1,
  PRIMARY KEY (account_id, pos),
  CONSTRAINT line_account FOREIGN KEY (account_id) REFERENCES account (id) ON DELETE CASCADE
);
INSERT INTO account (name, country) VALUES ('x;\'y', 'DE');
