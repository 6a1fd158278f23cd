-- A configuration management database as one would lay it out in PostgreSQL: what holds now in typed tables, what
-- held before in tables of history beside them; every row says from which commit on it is known and since when it
-- is so. Unique keys, unique serial numbers where present, links by number and with an index each way.
CREATE TABLE commits (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  actor text NOT NULL,
  reason text
);

-- How failure travels: 'up' from target to source, 'down' from source to target.
CREATE TABLE relationship_types (
  id smallint PRIMARY KEY,
  name text NOT NULL UNIQUE,
  carries text NOT NULL
);
INSERT INTO relationship_types VALUES
  (1, 'depends_on', 'up'), (2, 'runs_on', 'up'), (3, 'hosted_on', 'up'), (4, 'connects_to', 'up'),
  (5, 'located_in', 'up'), (6, 'powered_by', 'up'), (7, 'uses', 'up'), (8, 'provides', 'down'),
  (9, 'supports', 'down');

CREATE TABLE items (
  id bigint GENERATED ALWAYS AS IDENTITY,
  begin_commit bigint NOT NULL DEFAULT 1,
  valid_from timestamptz NOT NULL DEFAULT now(),
  class text NOT NULL,
  key text NOT NULL,
  name text,
  description text,
  status text,
  environment text,
  owner text,
  serial_number text,
  asset_tag text,
  criticality text,
  fqdn text,
  ip_address inet,
  cpu_count integer,
  memory_mib bigint,
  manufacturer text,
  hardware_model text,
  version text,
  vendor text,
  port integer,
  configuration_path text,
  service_hours text,
  availability_target numeric,
  country text,
  height_units integer,
  voltage_v integer
);
CREATE TABLE items_before (LIKE items, end_commit bigint NOT NULL);

CREATE TABLE links (
  source bigint NOT NULL,
  target bigint NOT NULL,
  type smallint NOT NULL,
  begin_commit bigint NOT NULL DEFAULT 1,
  valid_from timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE links_before (LIKE links, end_commit bigint NOT NULL);

-- As they come: with keys, to be resolved. Not logged, for nobody needs them after a crash.
CREATE UNLOGGED TABLE links_in (source text, type text, target text);
