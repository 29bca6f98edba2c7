package store

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"postbag/digest/backup"
)

// OpenWith opens a database with other migrations than the program's, and
// prepares no statement of it.
func OpenWith(ctx context.Context, dsn string, migrations fs.FS, opts Options) (*DB, error) {
	d, err := dialectOf(dsn)
	if err != nil {
		return nil, err
	}
	d.migrations = migrations
	return open(ctx, dsn, opts, d)
}

// RestoreWith restores with other migrations than the program's.
func RestoreWith(ctx context.Context, dsn string, migrations fs.FS, from *backup.Reader, opts RestoreOptions) (Restored, error) {
	d, err := dialectOf(dsn)
	if err != nil {
		return Restored{}, err
	}
	d.migrations = migrations
	return restore(ctx, dsn, d, from, opts)
}

// Migrations gives the program's own, for the database of a name.
func Migrations(dsn string) (fs.FS, error) {
	d, err := dialectOf(dsn)
	return d.migrations, err
}

// Exec runs any statement on the writing connection.
func (db *DB) Exec(ctx context.Context, query string, args ...any) error {
	_, err := db.write.ExecContext(ctx, query, args...)
	return err
}

// Column reads one column of any query.
func (db *DB) Column(ctx context.Context, query string, args ...any) (all []string, err error) {
	err = db.view(ctx, "test", func(t *tx) error {
		return t.each(func(r row) error {
			var s string
			err := r.scan(&s)
			all = append(all, s)
			return err
		}, query, args...)
	})
	return all, err
}

// QueryPlan gives the lines of a query's plan.
func (db *DB) QueryPlan(ctx context.Context, query string, args ...any) (lines []string, err error) {
	err = db.view(ctx, "test", func(t *tx) error {
		return t.each(func(r row) error {
			var id, parent, unused int
			var detail string
			err := r.scan(&id, &parent, &unused, &detail)
			lines = append(lines, detail)
			return err
		}, "EXPLAIN QUERY PLAN "+query, args...)
	})
	return lines, err
}

// Pragma reads a pragma on the writing or on a reading connection.
func (db *DB) Pragma(ctx context.Context, name string, writer bool) (value string, err error) {
	pool := db.read
	if writer {
		pool = db.write
	}
	err = pool.QueryRowContext(ctx, "PRAGMA "+name).Scan(&value)
	return value, err
}

// HotStatements are the statements that run often, with the number of their
// parameters.
func (db *DB) HotStatements() map[string]struct {
	SQL  string
	Args int
} {
	d := db.dialect
	return map[string]struct {
		SQL  string
		Args int
	}{
		"closed for source":  {queryClosedForSource, 1},
		"known posts":        {queryKnownPosts(d), 2},
		"known comments":     {queryKnownComments(d), 2},
		"posts by url":       {queryPostsByURL(d), 2},
		"posts by guid":      {queryPostsByGUID(d), 2},
		"comments by guid":   {queryCommentsByGUID(d), 2},
		"waiting for post":   {queryWaitingPost(d), 2},
		"waiting for parent": {queryWaitingParent(d), 2},
		"waiting by post":    {queryWaitingPostKey(d), 2},
		"waiting by parent":  {queryWaitingParentKey(d), 2},
		"stored posts":       {queryStoredPosts(d), 2},
		"posts by key":       {queryPostsByKey(d), 2},
		"posts by url key":   {queryPostsByURLKey(d), 2},
		"posts by ref":       {queryPostsByRef(d), 2},
		"posts keyed":        {queryPostsKeyed(d), 2},
		"posts url keyed":    {queryPostsURLKeyed(d), 2},
		"stored comments":    {queryStoredComments(d), 2},
		"comments by alias":  {queryCommentsByAlias(d), 2},
		"comments by key":    {queryCommentsByKey(d), 2},
		"comments keyed":     {queryCommentsKeyed(d), 2},
		"deleted":            {queryDeleted(d), 2},
		"mark gone":          {queryMarkGone(d), 3},
		"live of post":       {queryLiveOfPost, 3},
		"live of source":     {queryLive, 4},
		"versions":           {queryVersions, 2},
		"old versions":       {queryOldVersions, 2},
		"source of posts":    {querySourceOfPosts(d), 1},
		"newest listings":    {selectListings + " WHERE p.source_id = $1 ORDER BY p.published DESC, p.id DESC LIMIT $2", 2},
		"listings after":     {selectListings + " WHERE p.source_id = $1 AND p.id > $2 ORDER BY p.id LIMIT $3", 3},
		"listings of posts":  {selectListings + " WHERE p.source_id = $1 AND " + d.among("p.id", "$2", "BIGINT") + " ORDER BY p.published DESC, p.id DESC LIMIT $3", 3},
		"candidates":         {queryCandidates(d), 1},
		"nodes since":        {queryNodesSince, 2},
		"nodes first":        {queryNodesFirst, 2},
		"nodes under posts":  {queryNodesFirst + " UNION " + queryNodesUnderPosts, 3},
		"comments since":     {queryCommentsSince, 2},
		"picked in":          {queryPickedIn(d), 3},
		"settle":             {querySettle(d), 2},
		"claim":              {queryClaim(d), 7},
		"begin":              {queryBegin(d), 3},
		"not begun":          {queryNotBegun(d), 3},
		"release":            {queryRelease, 3},
		"recover":            {queryRecover, 5},
		"stranded":           {queryStranded(d), 2},
		"next try":           {queryNextTry, 1},
		"any open":           {queryAnyOpen, 1},
		"stale notices":      {queryStaleNotices, 1},
		"claim notices":      {queryClaimNotices(d), 3},
		"sign-ups":           {querySignups, 5},
		"pending before":     {queryPendingBefore, 1},
		"spent sign-ups":     {querySpentSignups, 1},
		"pale sign-ups":      {queryPaleSignups, 1},
		"followed":           {queryFollowed, 1},
		"open deliveries":    {queryOpenDeliveries, 0},
		"uncertain":          {queryUncertainDeliveries, 0},
		"active subscribers": {queryActiveSubscribers, 0},
		"subscriber state":   {querySubscriberState, 1},
		"freeze audience":    {queryFreezeAudience(true), 1},
		"newest comments":    {selectListed + " ORDER BY c.published DESC, c.id DESC LIMIT $1", 1},
		"newest of source":   {selectListed + " WHERE c.source_id = $1 ORDER BY c.published DESC, c.id DESC LIMIT $2", 2},
		"newest of post":     {selectListed + " WHERE c.post_id = $1 ORDER BY c.published DESC, c.id DESC LIMIT $2", 2},
		"search entries":     {queryCommentEntries(d), 1},
		"search posts":       {queryPostEntries(d), 1},
		"index waits":        {queryIndexWaits, 0},
		"index todo":         {queryClaimTodo, 1},
		"index walk":         {queryWalk("comments"), 2},
		"near links":         {queryNearLinks(d), 2},
		"near comments":      {queryNearComments(d), 1},
		"near posts":         {queryNearPosts(d), 1},
		"near texts":         {queryNearTexts(d), 1},
		"near post texts":    {queryNearPostTexts(d), 1},
		"near later":         {queryLaterLinked(d), 1},
		"near waits":         {queryNearWaits, 0},
		"near todo":          {queryClaimNear, 1},
		"near walk":          {queryWalkNear(kindComment), 2},
		"counts":             {"SELECT state, COUNT(*) FROM deliveries WHERE issue_id = $1 GROUP BY state", 1},
	}
}

// Setting reads a setting of PostgreSQL on a writing connection.
func (db *DB) Setting(ctx context.Context, name string) (value string, err error) {
	err = db.write.QueryRowContext(ctx, `SELECT current_setting($1)`, name).Scan(&value)
	return value, err
}

// HoldRow locks rows until release is called.
func (db *DB) HoldRow(t testing.TB, query string) (release func()) {
	raw, err := db.write.Begin()
	if err == nil {
		_, err = raw.Exec(query)
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := raw.Rollback(); err != nil {
			t.Error(err)
		}
	}
}

// LockBoth locks the rows of two tables, waiting for another that does between
// its first two, and tells how often it tried.
func (db *DB) LockBoth(ctx context.Context, tables [2]string, met chan struct{}) (tries int, err error) {
	err = db.update(ctx, "lock both", func(t *tx) error {
		tries++
		if err := t.lock(`SELECT id FROM ` + tables[0] + ` FOR UPDATE`); err != nil {
			return err
		}
		if tries == 1 {
			met <- struct{}{}
			for len(met) < 2 {
				time.Sleep(time.Millisecond)
			}
		}
		return t.lock(`SELECT id FROM ` + tables[1] + ` FOR UPDATE`)
	})
	return tries, err
}

// PlanOf gives PostgreSQL's plan of a statement that it has prepared and run
// some times, when it may have settled on a plan for any arguments.
func (db *DB) PlanOf(ctx context.Context, query string, args []string) (lines []string, err error) {
	conn, err := db.write.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "PREPARE hot AS "+query); err != nil {
		return nil, err
	}
	defer conn.ExecContext(ctx, "DEALLOCATE hot")
	execute := "EXPLAIN EXECUTE hot"
	if len(args) > 0 {
		execute += "('" + strings.Join(args, "', '") + "')"
	}
	for range 7 {
		lines = nil
		rows, err := conn.QueryContext(ctx, execute)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				return nil, errors.Join(err, rows.Close())
			}
			lines = append(lines, line)
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	return lines, nil
}

// Carried gives the tables that a backup holds.
func (db *DB) Carried(ctx context.Context) (all []backup.Table, err error) {
	err = db.view(ctx, "test", func(t *tx) error {
		tables, err := t.catalogue()
		for _, table := range tables {
			all = append(all, table.Table)
		}
		return err
	})
	return all, err
}

// LeftOut gives the columns that a backup does not hold, as "table.column".
func (db *DB) LeftOut(ctx context.Context) (all []string, err error) {
	carried, err := db.Carried(ctx)
	if err != nil {
		return nil, err
	}
	held := map[string]bool{}
	for _, table := range carried {
		for _, c := range table.Columns {
			held[table.Name+"."+c.Name] = true
		}
	}
	query := `SELECT s.name || '.' || c.name FROM sqlite_schema s JOIN pragma_table_info(s.name) c
		WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite\_%' ESCAPE '\'`
	if db.dialect.locksRows {
		query = `SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = current_schema()`
	}
	every, err := db.Column(ctx, query)
	for _, name := range every {
		if !held[name] {
			all = append(all, name)
		}
	}
	return all, err
}
