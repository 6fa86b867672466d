"""The provider's tables in the networks' schema: accounts, requests, codes, transactions, and batches with their rows."""

from __future__ import annotations

TABLES = """
CREATE TABLE IF NOT EXISTS networks.accounts (
    kind text NOT NULL, identifier text NOT NULL, currency text NOT NULL DEFAULT 'VND',
    balance bigint NOT NULL CHECK (balance >= 0),
    reserved bigint NOT NULL DEFAULT 0 CHECK (reserved BETWEEN 0 AND balance),
    CONSTRAINT accounts_pkey PRIMARY KEY (kind, identifier, currency));
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM information_schema.columns
                   WHERE (table_schema, table_name, column_name) = ('networks', 'accounts', 'currency')) THEN
        ALTER TABLE networks.accounts ADD COLUMN currency text NOT NULL DEFAULT 'VND';
        ALTER TABLE networks.accounts DROP CONSTRAINT accounts_pkey;
        ALTER TABLE networks.accounts ADD CONSTRAINT accounts_pkey PRIMARY KEY (kind, identifier, currency);
    END IF;
END $$;
ALTER TABLE networks.accounts
    ADD COLUMN IF NOT EXISTS holder text NOT NULL DEFAULT '',
    ADD COLUMN IF NOT EXISTS status text NOT NULL DEFAULT 'available',
    ADD COLUMN IF NOT EXISTS moved timestamptz;

CREATE TABLE IF NOT EXISTS networks.requests (
    server_id uuid PRIMARY KEY, client_id uuid NOT NULL UNIQUE, kind text NOT NULL,
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'completed', 'failed')),
    due timestamptz NOT NULL, by_callback boolean NOT NULL,
    sealed bytea NOT NULL, sealed_link bytea, error jsonb);
ALTER TABLE networks.requests
    ADD COLUMN IF NOT EXISTS polls integer NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS sealed_reference bytea;
CREATE INDEX IF NOT EXISTS requests_pending ON networks.requests (due) WHERE status = 'pending';

CREATE TABLE IF NOT EXISTS networks.codes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    server_id uuid NOT NULL UNIQUE REFERENCES networks.requests,
    account_kind text NOT NULL, account text NOT NULL,
    digest bytea NOT NULL, sealed_code bytea NOT NULL, sealed_wish bytea NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0), held bigint NOT NULL CHECK (held >= 0),
    state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'redeemed', 'expired', 'cancelled')),
    created timestamptz NOT NULL DEFAULT now(), changed timestamptz NOT NULL DEFAULT now(),
    expires timestamptz NOT NULL, redeemed_by text);
ALTER TABLE networks.codes
    ADD COLUMN IF NOT EXISTS currency text NOT NULL DEFAULT 'VND',
    ADD COLUMN IF NOT EXISTS points text[] NOT NULL DEFAULT '{}',
    ADD COLUMN IF NOT EXISTS guessed_at timestamptz,
    ADD COLUMN IF NOT EXISTS wrong_tries integer;
CREATE UNIQUE INDEX IF NOT EXISTS codes_active_once ON networks.codes (digest) WHERE state = 'active';
CREATE INDEX IF NOT EXISTS codes_by_digest ON networks.codes (digest);
CREATE INDEX IF NOT EXISTS codes_by_expiry ON networks.codes (expires) WHERE state = 'active';
CREATE INDEX IF NOT EXISTS codes_by_point ON networks.codes USING gin (points) WHERE state = 'active';

CREATE TABLE IF NOT EXISTS networks.guesses (
    point text PRIMARY KEY,
    wrong integer NOT NULL DEFAULT 0, since timestamptz NOT NULL DEFAULT now(),
    locks integer NOT NULL DEFAULT 0, locked_at timestamptz, locked_until timestamptz,
    tries integer NOT NULL DEFAULT 0, told boolean NOT NULL DEFAULT true);
CREATE INDEX IF NOT EXISTS guesses_untold ON networks.guesses (point) WHERE NOT told;

CREATE TABLE IF NOT EXISTS networks.transactions (
    reference text PRIMARY KEY, server_id uuid REFERENCES networks.requests,
    type text NOT NULL, amount bigint NOT NULL CHECK (amount > 0),
    debit_kind text NOT NULL, debit text NOT NULL, credit_kind text NOT NULL, credit text NOT NULL,
    organisation_reference text,
    created timestamptz NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()));
ALTER TABLE networks.transactions
    DROP CONSTRAINT IF EXISTS transactions_server_id_key,
    ALTER COLUMN server_id DROP NOT NULL,
    ALTER COLUMN created SET DEFAULT date_trunc('milliseconds', clock_timestamp()),
    ADD COLUMN IF NOT EXISTS currency text NOT NULL DEFAULT 'VND',
    ADD COLUMN IF NOT EXISTS status text NOT NULL DEFAULT 'completed',
    ADD COLUMN IF NOT EXISTS changed timestamptz NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
    ADD COLUMN IF NOT EXISTS original text,
    ADD COLUMN IF NOT EXISTS reversed bigint NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS debit_client uuid,
    ADD COLUMN IF NOT EXISTS credit_client uuid,
    ADD COLUMN IF NOT EXISTS details jsonb NOT NULL DEFAULT '{}';
CREATE INDEX IF NOT EXISTS transactions_by_debit ON networks.transactions (debit_kind, debit, created);
CREATE INDEX IF NOT EXISTS transactions_by_credit ON networks.transactions (credit_kind, credit, created);
CREATE INDEX IF NOT EXISTS transactions_by_server_id ON networks.transactions (server_id);
CREATE INDEX IF NOT EXISTS transactions_by_original ON networks.transactions (original) WHERE original IS NOT NULL;

CREATE TABLE IF NOT EXISTS networks.batches (
    id text PRIMARY KEY, server_id uuid REFERENCES networks.requests,
    status text NOT NULL CHECK (status IN ('created', 'approved', 'completed')),
    approved_at_once boolean NOT NULL,
    starts timestamptz, details jsonb NOT NULL DEFAULT '{}',
    created timestamptz NOT NULL DEFAULT now(), changed timestamptz NOT NULL DEFAULT now(),
    approved timestamptz, completed timestamptz);
CREATE INDEX IF NOT EXISTS batches_at_work ON networks.batches (approved) WHERE status = 'approved';
CREATE TABLE IF NOT EXISTS networks.batch_rows (
    batch text NOT NULL REFERENCES networks.batches, place integer NOT NULL,
    body jsonb NOT NULL, reference text, reason text, at timestamptz,
    PRIMARY KEY (batch, place));
CREATE INDEX IF NOT EXISTS batch_rows_waiting ON networks.batch_rows (batch, place) WHERE at IS NULL;
"""
"""Run at every start; the changes bring a book of an earlier version up to date."""
