-- specs/programs/orders in DuckDB, NDJSON to CSV: the whole work, one thread. duckdb_script.py fills in the file names.
-- Exact: line totals are decimals of four places; the total is rounded half to even in whole cents.
SET threads = 1;
CREATE MACRO parse_time(s) AS try_strptime(trim(s), ['%Y-%m-%d %H:%M:%S', '%Y-%m-%dT%H:%M:%S', '%Y-%m-%dT%H:%M:%SZ',
  '%Y-%m-%dT%H:%M:%S.%fZ', '%Y-%m-%d', '%m/%d/%Y', '%d/%m/%Y']);
CREATE MACRO time_text(t) AS strftime(t, '%Y-%m-%dT%H:%M:%S')
  || CASE WHEN microsecond(t) % 1000000 = 0 THEN '' ELSE rtrim(strftime(t, '.%f'), '0') END || 'Z';
CREATE MACRO ledger_state(s) AS CASE s WHEN 'open' THEN 'pending' WHEN 'paid' THEN 'settled' WHEN 'shipped' THEN 'settled'
  WHEN 'returned' THEN 'reversed' WHEN 'cancelled' THEN 'void' END;
CREATE MACRO half_even(units) AS units // 100                            -- ten-thousandths to cents; not negative
  + CASE WHEN units % 100 > 50 OR (units % 100 = 50 AND (units // 100) % 2 = 1) THEN 1 ELSE 0 END;
COPY (
  SELECT order_id, customer.id AS customer_id, customer.name AS customer_name, time_text(parse_time(placed_at)) AS placed_at,
    currency, ledger_state(state) AS state, len(lines) AS line_count,
    (half_even((exact * 10000)::HUGEINT)::DECIMAL(14, 0) * 0.01::DECIMAL(3, 2))::DECIMAL(14, 2) AS total
  FROM (
    SELECT *, coalesce(list_sum(list_transform(lines,
      lambda l: (l.quantity::DECIMAL(6, 0) * l.unit_price)::DECIMAL(15, 2) * (1 - discount)::DECIMAL(4, 2))), 0) AS exact
    FROM read_json('{in}', format = 'newline_delimited', columns = {
      order_id: 'BIGINT', customer: 'STRUCT(id BIGINT, name VARCHAR)', placed_at: 'VARCHAR', currency: 'VARCHAR', state: 'VARCHAR',
      discount: 'DECIMAL(3, 2)', lines: 'STRUCT(sku VARCHAR, quantity INTEGER, unit_price DECIMAL(9, 2))[]'}))
) TO '{out}' (FORMAT csv, HEADER);
