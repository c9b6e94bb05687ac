--
-- PostgreSQL database dump
--

\restrict HZpsMTpVadmwVQDdbV7u4CHgVSbCke0DRG9ehgv6peJVKcgV1RcHyOsgnVqodzY

-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: crm; Type: SCHEMA; Schema: -; Owner: migc
--

CREATE SCHEMA crm;


ALTER SCHEMA crm OWNER TO migc;

--
-- Name: share; Type: DOMAIN; Schema: crm; Owner: migc
--

CREATE DOMAIN crm.share AS numeric(5,4) DEFAULT 0
	CONSTRAINT share_check CHECK (((VALUE >= (0)::numeric) AND (VALUE <= (1)::numeric)));


ALTER DOMAIN crm.share OWNER TO migc;

--
-- Name: sku; Type: DOMAIN; Schema: crm; Owner: migc
--

CREATE DOMAIN crm.sku AS text NOT NULL
	CONSTRAINT sku_check CHECK ((VALUE ~ '^[A-Z]{2}-[0-9]+$'::text));


ALTER DOMAIN crm.sku OWNER TO migc;

--
-- Name: stage; Type: TYPE; Schema: crm; Owner: migc
--

CREATE TYPE crm.stage AS ENUM (
    'lead',
    'In Progress',
    'won',
    'lost''s'
);


ALTER TYPE crm.stage OWNER TO migc;

--
-- Name: f(); Type: FUNCTION; Schema: crm; Owner: migc
--

CREATE FUNCTION crm.f() RETURNS integer
    LANGUAGE sql
    AS $$ /* CREATE TABLE x (y int); */ SELECT 1; SELECT 2; $$;


ALTER FUNCTION crm.f() OWNER TO migc;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: account; Type: TABLE; Schema: crm; Owner: migc
--

CREATE TABLE crm.account (
    id bigint NOT NULL,
    name character varying(200) NOT NULL,
    "Country Code" character(2) NOT NULL,
    vat text,
    rating smallint,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    stage crm.stage DEFAULT 'lead'::crm.stage NOT NULL,
    kind character varying(10) NOT NULL,
    revenue numeric(14,2),
    share crm.share,
    note jsonb,
    created timestamp with time zone DEFAULT now() NOT NULL,
    changed timestamp(3) without time zone,
    born date,
    opens time without time zone,
    token uuid,
    picture bytea,
    active boolean DEFAULT true NOT NULL,
    ratio double precision,
    CONSTRAINT "account_Country Code_check" CHECK ((length("Country Code") = 2)),
    CONSTRAINT account_kind_check CHECK (((kind)::text = ANY ((ARRAY['person'::character varying, 'company'::character varying])::text[]))),
    CONSTRAINT account_rating_check CHECK (((rating >= 1) AND (rating <= 5)))
);


ALTER TABLE crm.account OWNER TO migc;

--
-- Name: TABLE account; Type: COMMENT; Schema: crm; Owner: migc
--

COMMENT ON TABLE crm.account IS 'a comment; with a semicolon and a '' quote';


--
-- Name: account_id_seq; Type: SEQUENCE; Schema: crm; Owner: migc
--

ALTER TABLE crm.account ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME crm.account_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: article; Type: TABLE; Schema: crm; Owner: migc
--

CREATE TABLE crm.article (
    code crm.sku NOT NULL,
    title text NOT NULL,
    price numeric(10,2) NOT NULL,
    gross numeric(12,4) GENERATED ALWAYS AS ((price * 1.19)) STORED,
    CONSTRAINT article_title_check CHECK (((char_length(title) <= 80) AND (title <> ''::text)))
);


ALTER TABLE crm.article OWNER TO migc;

--
-- Name: line; Type: TABLE; Schema: crm; Owner: migc
--

CREATE TABLE crm.line (
    account_id bigint NOT NULL,
    pos integer NOT NULL,
    code crm.sku,
    amount integer DEFAULT 1 NOT NULL,
    CONSTRAINT line_amount_check CHECK ((amount > 0))
);


ALTER TABLE crm.line OWNER TO migc;

--
-- Name: old_style; Type: TABLE; Schema: public; Owner: migc
--

CREATE TABLE public.old_style (
    id integer NOT NULL,
    v character varying
);


ALTER TABLE public.old_style OWNER TO migc;

--
-- Name: old_style_id_seq; Type: SEQUENCE; Schema: public; Owner: migc
--

CREATE SEQUENCE public.old_style_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


ALTER TABLE public.old_style_id_seq OWNER TO migc;

--
-- Name: old_style_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: migc
--

ALTER SEQUENCE public.old_style_id_seq OWNED BY public.old_style.id;


--
-- Name: old_style id; Type: DEFAULT; Schema: public; Owner: migc
--

ALTER TABLE ONLY public.old_style ALTER COLUMN id SET DEFAULT nextval('public.old_style_id_seq'::regclass);


--
-- Data for Name: account; Type: TABLE DATA; Schema: crm; Owner: migc
--

COPY crm.account (id, name, "Country Code", vat, rating, tags, stage, kind, revenue, share, note, created, changed, born, opens, token, picture, active, ratio) FROM stdin;
1	A;B	DE	\N	\N	{}	lead	person	\N	0.0000	\N	2026-11-21 14:44:17.465766+00	\N	\N	\N	\N	\N	t	\N
\.


--
-- Data for Name: article; Type: TABLE DATA; Schema: crm; Owner: migc
--

COPY crm.article (code, title, price) FROM stdin;
\.


--
-- Data for Name: line; Type: TABLE DATA; Schema: crm; Owner: migc
--

COPY crm.line (account_id, pos, code, amount) FROM stdin;
\.


--
-- Data for Name: old_style; Type: TABLE DATA; Schema: public; Owner: migc
--

COPY public.old_style (id, v) FROM stdin;
\.


--
-- Name: account_id_seq; Type: SEQUENCE SET; Schema: crm; Owner: migc
--

SELECT pg_catalog.setval('crm.account_id_seq', 1, true);


--
-- Name: old_style_id_seq; Type: SEQUENCE SET; Schema: public; Owner: migc
--

SELECT pg_catalog.setval('public.old_style_id_seq', 1, false);


--
-- Name: account account_pkey; Type: CONSTRAINT; Schema: crm; Owner: migc
--

ALTER TABLE ONLY crm.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (id);


--
-- Name: account account_vat_key; Type: CONSTRAINT; Schema: crm; Owner: migc
--

ALTER TABLE ONLY crm.account
    ADD CONSTRAINT account_vat_key UNIQUE (vat);


--
-- Name: article article_pkey; Type: CONSTRAINT; Schema: crm; Owner: migc
--

ALTER TABLE ONLY crm.article
    ADD CONSTRAINT article_pkey PRIMARY KEY (code);


--
-- Name: line line_pkey; Type: CONSTRAINT; Schema: crm; Owner: migc
--

ALTER TABLE ONLY crm.line
    ADD CONSTRAINT line_pkey PRIMARY KEY (account_id, pos);


--
-- Name: old_style old_style_pkey; Type: CONSTRAINT; Schema: public; Owner: migc
--

ALTER TABLE ONLY public.old_style
    ADD CONSTRAINT old_style_pkey PRIMARY KEY (id);


--
-- Name: account_active_name; Type: INDEX; Schema: crm; Owner: migc
--

CREATE UNIQUE INDEX account_active_name ON crm.account USING btree (name) WHERE active;


--
-- Name: account_token; Type: INDEX; Schema: crm; Owner: migc
--

CREATE UNIQUE INDEX account_token ON crm.account USING btree (token);


--
-- Name: line line_account_id_fkey; Type: FK CONSTRAINT; Schema: crm; Owner: migc
--

ALTER TABLE ONLY crm.line
    ADD CONSTRAINT line_account_id_fkey FOREIGN KEY (account_id) REFERENCES crm.account(id);


--
-- Name: line line_code_fkey; Type: FK CONSTRAINT; Schema: crm; Owner: migc
--

ALTER TABLE ONLY crm.line
    ADD CONSTRAINT line_code_fkey FOREIGN KEY (code) REFERENCES crm.article(code) DEFERRABLE;


--
-- PostgreSQL database dump complete
--

\unrestrict HZpsMTpVadmwVQDdbV7u4CHgVSbCke0DRG9ehgv6peJVKcgV1RcHyOsgnVqodzY

