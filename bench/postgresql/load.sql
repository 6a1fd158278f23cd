-- The load that is timed: psql -v records=FILE -v links=FILE. Tables first, their indexes after, as is fastest.
-- The links' ends are checked by joining them with the items; foreign keys would check them once more.
BEGIN;
INSERT INTO commits (actor, reason) VALUES ('bench', 'first load');
COPY items (class, key, name, description, status, environment, owner, serial_number, asset_tag, criticality,
            fqdn, ip_address, cpu_count, memory_mib, manufacturer, hardware_model, version, vendor, port,
            configuration_path, service_hours, availability_target, country, height_units, voltage_v)
  FROM :'records' WITH (FORMAT csv, HEADER match);
ALTER TABLE items ADD PRIMARY KEY (id);
ALTER TABLE items ADD UNIQUE (key);
CREATE UNIQUE INDEX ON items (serial_number) WHERE serial_number IS NOT NULL;
COPY links_in (source, type, target) FROM :'links' WITH (FORMAT csv, HEADER match);
ANALYZE items (id, key);
ANALYZE links_in;
INSERT INTO links (source, target, type)
  SELECT source.id, target.id, type.id
  FROM links_in
  JOIN items source ON source.key = links_in.source
  JOIN items target ON target.key = links_in.target
  JOIN relationship_types type ON type.name = links_in.type;
DROP TABLE links_in;
ALTER TABLE links ADD PRIMARY KEY (source, type, target);
CREATE INDEX ON links (target, type, source);
COMMIT;
ANALYZE;
