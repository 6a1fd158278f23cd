-- How many items a failure of :'key' reaches.
WITH RECURSIVE reached (id) AS (
    SELECT id FROM items WHERE key = :'key'
  UNION
    SELECT step.id
    FROM reached
    CROSS JOIN LATERAL (
      SELECT source AS id FROM links WHERE target = reached.id AND type = ANY (:'up'::smallint[])
      UNION ALL
      SELECT target FROM links WHERE source = reached.id AND type = ANY (:'down'::smallint[])
    ) AS step
)
SELECT count(*) - 1 FROM reached;
