-- Updates that keep what was before, as one statement a client calls: psql -f history.sql, after the load.
ALTER TABLE items_before ADD PRIMARY KEY (id, end_commit);

CREATE FUNCTION change_item(changed bigint, new_name text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  number bigint;
BEGIN
  INSERT INTO commits (actor, reason) VALUES ('bench', 'another name') RETURNING commits.id INTO number;
  INSERT INTO items_before SELECT items.*, number FROM items WHERE items.id = changed FOR UPDATE;
  UPDATE items SET name = new_name, begin_commit = number, valid_from = now() WHERE items.id = changed;
  RETURN number;
END
$$;
