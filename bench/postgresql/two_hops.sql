-- Every link and every link behind it, counted by the environment of what is at the far end.
SELECT far.environment, count(*)
FROM links first
JOIN links second ON second.source = first.target
JOIN items far ON far.id = second.target
GROUP BY far.environment
ORDER BY far.environment NULLS LAST;
