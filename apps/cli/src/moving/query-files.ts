import { printable } from '@sluice/panel-http/printable';
import type { AdoptionQuery } from '@sluice/engine';

/** Runs the queries beside it. A table that is not there is named, and leaves no file. */
const SCRIPT = `#!/bin/sh
# Exports tables by the queries beside this file, with the client of MySQL or MariaDB; it reads, and changes nothing:
#   sh export.sh DATABASE [OPTIONS OF MYSQL]
umask 077
cd "$(dirname "$0")" || exit 1
database=\${1:?"name the database"}
shift
for query in *.sql; do
  table=\${query%.sql}
  if problem=$(mysql --batch --default-character-set=utf8mb4 "$@" "$database" < "$query" 2>&1 > "$table.tsv"); then
    echo "$table: exported"
  else
    rm -f "$table.tsv"
    echo "$table: not exported: $problem"
  fi
done
`;

/** Returns the files of queries, each named after its table, with a script that runs them. */
export function toQueryFiles(queries: readonly AdoptionQuery[]): Map<string, string> {
  const files = queries.flatMap(({ table, title, query }) =>
    query === null ? [] : [[`${table}.sql`, `-- ${printable(title)}\n${query};\n`] as const],
  );
  return new Map([...files, ['export.sh', SCRIPT]]);
}
