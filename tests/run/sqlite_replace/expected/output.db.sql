SELECT id, name, (SELECT count(*) FROM others) FROM people ORDER BY id
1|Ann|1
2|Bo|1
5|old nine|1
