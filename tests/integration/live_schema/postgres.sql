CREATE SCHEMA crm;
CREATE TYPE crm.stage AS ENUM ('lead', 'In Progress', 'won', 'lost''s');
CREATE DOMAIN crm.sku AS text NOT NULL CHECK (VALUE ~ '^[A-Z]{2}-[0-9]+$');
CREATE DOMAIN crm.share AS numeric(5, 4) DEFAULT 0 CHECK (VALUE >= 0 AND VALUE <= 1);
CREATE TABLE crm.account (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name varchar(200) NOT NULL,
  "Country Code" char(2) NOT NULL CHECK (length("Country Code") = 2),
  vat text UNIQUE,
  rating smallint CHECK (rating BETWEEN 1 AND 5),
  tags text[] DEFAULT '{}' NOT NULL,
  stage crm.stage NOT NULL DEFAULT 'lead',
  kind varchar(10) NOT NULL CHECK (kind IN ('person', 'company')),
  revenue numeric(14, 2),
  share crm.share,
  note jsonb,
  created timestamptz NOT NULL DEFAULT now(),
  changed timestamp(3) without time zone,
  born date,
  opens time,
  token uuid,
  picture bytea,
  active boolean NOT NULL DEFAULT true,
  ratio double precision
);
CREATE TABLE crm.article (
  code crm.sku PRIMARY KEY,
  title text NOT NULL CHECK (char_length(title) <= 80 AND title <> ''),
  price numeric(10, 2) NOT NULL,
  gross numeric(12, 4) GENERATED ALWAYS AS (price * 1.19) STORED
);
CREATE TABLE crm.line (
  account_id bigint NOT NULL REFERENCES crm.account,
  pos integer NOT NULL,
  code crm.sku REFERENCES crm.article(code) DEFERRABLE,
  amount integer DEFAULT 1 NOT NULL CHECK (amount > 0),
  PRIMARY KEY (account_id, pos)
);
CREATE UNIQUE INDEX account_token ON crm.account (token);
CREATE UNIQUE INDEX account_active_name ON crm.account (name) WHERE active;
CREATE TABLE public.old_style (id serial PRIMARY KEY, v varchar);
COMMENT ON TABLE crm.account IS 'a comment; with a semicolon and a '' quote';
CREATE FUNCTION crm.f() RETURNS int LANGUAGE sql AS $body$ /* CREATE TABLE x (y int); */ SELECT 1; SELECT 2; $body$;
INSERT INTO crm.account (name, "Country Code", kind) VALUES ('A;B', 'DE', 'person');
