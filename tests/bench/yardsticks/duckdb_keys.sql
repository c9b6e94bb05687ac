-- specs/programs/keys in DuckDB, CSV to CSV: the newest version of every key, one thread, 256 MB.
-- Does less work: the rows need not come out in the order of the input.
SET threads = 1;
SET memory_limit = '256MB';
SET temp_directory = '{temp}';
SET preserve_insertion_order = false;
COPY (
  SELECT key, max(version) AS version, arg_max(value, version) AS value
  FROM read_csv('{in}', header = true, columns = {key: 'VARCHAR', version: 'BIGINT', value: 'BIGINT'}) GROUP BY key
) TO '{out}' (FORMAT csv, HEADER);
