CREATE TABLE account (
  id INTEGER PRIMARY KEY,
  name VARCHAR(200) NOT NULL,      -- a comment, with ; and '
  [Country Code] TEXT NOT NULL CHECK (length([Country Code]) = 2),
  vat TEXT UNIQUE,
  rating INTEGER CHECK (rating BETWEEN 1 AND 5),
  kind TEXT NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'company')),
  revenue NUMERIC,
  price DECIMAL(10, 2) NOT NULL,
  born DATE,
  created DATETIME DEFAULT CURRENT_TIMESTAMP,
  active BOOLEAN NOT NULL DEFAULT 1,
  anything,
  gross REAL GENERATED ALWAYS AS (price * 1.19) VIRTUAL
);
CREATE TABLE "line" (
  account_id INTEGER NOT NULL REFERENCES account,
  pos INTEGER NOT NULL,
  amount INT DEFAULT (1 + 1) NOT NULL,
  PRIMARY KEY (account_id, pos)
) WITHOUT ROWID;
CREATE UNIQUE INDEX line_amount ON line (amount);
CREATE TRIGGER t AFTER INSERT ON account BEGIN UPDATE account SET vat = 'x;y' WHERE id = new.id; END;
