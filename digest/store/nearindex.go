package store

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"

	"postbag/digest"
	"postbag/digest/near"
)

// turnNear is what comparing entries takes turns at: an older state of an entry is
// never compared after a newer one, and what has been walked stands still.
const turnNear = 21

const (
	// nearBatch is how many entries are compared in one go at the most.
	nearBatch = 100

	// mostHolders is how many entries may have a print that tells anything; what
	// more have is boilerplate.
	mostHolders = 32
	// mostCompared is how many entries one is compared with, those that share its
	// rarest prints.
	mostCompared = 24
)

// LinkNear looks for the entries that some others repeat or quote, and keeps what
// it finds, for at most so many entries (100 at the most and for 0). It tells how
// many it looked at; 0 means that all are compared. It is to [DB.Near] what
// [DB.Index] is to a search: storing only notes what is new or has changed, several
// may call it at once, and what one did not finish the next does. Entries whose
// prints were never made are found by themselves.
//
// It follows Index, which passes on what it has indexed.
func (db *DB) LinkNear(ctx context.Context, limit int) (n int, err error) {
	waits, err := db.nearWaits(ctx)
	if err != nil || !waits {
		return 0, err
	}
	if limit <= 0 || limit > nearBatch {
		limit = nearBatch
	}
	err = db.updateInTurn(ctx, turnNear, "look for near copies", func(t *tx) error {
		var todo map[near.Key]bool
		var err error
		if todo, n, err = t.claimNear(limit); err != nil || n == 0 {
			return err
		}
		if t.dialect.byIndex != "" {
			if _, err := t.exec(t.dialect.byIndex); err != nil {
				return err
			}
		}
		return t.linkAll(todo)
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

const queryNearWaits = `
	SELECT CASE WHEN (SELECT MIN(id) FROM near_todo) IS NOT NULL
		OR (SELECT MAX(id) FROM comments) > COALESCE((SELECT walked FROM near_state WHERE kind = 0), 0)
		OR (SELECT MAX(id) FROM posts) > COALESCE((SELECT walked FROM near_state WHERE kind = 1), 0)
		THEN 1 ELSE 0 END`

// nearWaits tells whether there is something to compare.
func (db *DB) nearWaits(ctx context.Context) (waits bool, err error) {
	err = db.view(ctx, "look for near copies", func(t *tx) error {
		n, err := t.number(queryNearWaits)
		waits = n != 0
		return err
	})
	return waits, err
}

// noteNear notes entries to be compared anew. Those that were never compared are
// found by themselves, and are passed over.
func (t *tx) noteNear(k kind, ids []int64) error {
	entries := make([]int64, len(ids))
	for i, id := range ids {
		entries[i] = nearEntry(near.Key{ID: id, IsPost: k == kindPost})
	}
	return t.addNearTodo(entries, true)
}

func (t *tx) addNearTodo(entries []int64, isChanged bool) error {
	if len(entries) == 0 {
		return nil
	}
	var all pairs
	for _, e := range entries {
		all.add(e, flag(isChanged))
	}
	_, err := t.exec(`INSERT INTO near_todo (entry, changed) SELECT a, b FROM (`+t.dialect.pairs("$1")+`) AS r`, all.object())
	return err
}

// pairs are pairs of numbers as a statement takes many of them; see dialect.pairs.
type pairs struct{ text []byte }

func (p *pairs) add(a, b int64) {
	p.text = append(p.text, `{,`[min(len(p.text), 1)], '"')
	p.text = append(strconv.AppendInt(p.text, a, 10), '"', ':')
	p.text = strconv.AppendInt(p.text, b, 10)
}

func (p *pairs) object() string {
	if len(p.text) == 0 {
		return "{}"
	}
	return string(p.text) + "}"
}

const queryNearTodo = `SELECT id, entry, changed FROM near_todo ORDER BY id LIMIT $1`

// claimNear gives the next entries to compare, with whether they changed, and how
// many it looked at.
func (t *tx) claimNear(limit int) (todo map[near.Key]bool, looked int, err error) {
	walked := map[bool]int64{}
	err = t.each(func(r row) error {
		var k kind
		var id int64
		err := r.scan(&k, &id)
		walked[k == kindPost] = id
		return err
	}, `SELECT kind, walked FROM near_state`)
	if err != nil {
		return nil, 0, err
	}
	todo = map[near.Key]bool{}
	var claimed []int64
	err = t.each(func(r row) error {
		var id, entry int64
		var isChanged bool
		if err := r.scan(&id, &entry, &isChanged); err != nil {
			return err
		}
		// What lies beyond is stored, and is come to.
		if key := keyOf(entry); key.ID <= walked[key.IsPost] {
			todo[key] = todo[key] || isChanged
		}
		claimed = append(claimed, id)
		if len(todo) == limit {
			return errEnough
		}
		return nil
	}, queryNearTodo, walkFactor*limit)
	if err != nil && !errors.Is(err, errEnough) {
		return nil, 0, err
	}
	if len(claimed) > 0 {
		ids, err := list(claimed)
		if err != nil {
			return nil, 0, err
		}
		_, err = t.exec(`DELETE FROM near_todo WHERE `+t.dialect.among("id", "$1", "BIGINT"), ids)
		return todo, len(claimed), err
	}
	for _, k := range []kind{kindPost, kindComment} {
		last := walked[k == kindPost]
		err := t.each(func(r row) error {
			err := r.scan(&last)
			todo[near.Key{ID: last, IsPost: k == kindPost}] = true
			return err
		}, queryWalkNear(k), last, limit)
		if err != nil || len(todo) == 0 {
			if err != nil {
				return nil, 0, err
			}
			continue
		}
		_, err = t.exec(`INSERT INTO near_state (kind, walked) VALUES ($1, $2)
			ON CONFLICT (kind) DO UPDATE SET walked = EXCLUDED.walked`, int(k), last)
		return todo, len(todo), err
	}
	return nil, 0, nil
}

func queryWalkNear(k kind) string {
	table := "comments"
	if k == kindPost {
		table = "posts"
	}
	return `SELECT id FROM ` + table + ` WHERE id > $1 ORDER BY id LIMIT $2`
}

// compared is an entry that is being compared.
type compared struct {
	near.Entry
	prints   []near.Print
	common   map[int64]bool // the prints that very many have
	together []near.Entry   // what shares prints with it
}

// linkAll finds what some entries are to earlier ones. Those that are later than
// one that changed, and are or were something to it, are noted.
func (t *tx) linkAll(todo map[near.Key]bool) error {
	entries, err := t.nearEntries(slices.Collect(maps.Keys(todo)))
	if err != nil {
		return err
	}
	if err := t.putPrints(entries, todo); err != nil {
		return err
	}
	all, err := t.together(entries)
	if err != nil {
		return err
	}
	later, err := t.laterLinked(todo)
	if err != nil {
		return err
	}
	var links []linkRow
	for _, c := range all {
		isCommon := func(hash int64) bool { return c.common[hash] }
		for _, l := range near.Links(c.Entry, c.together, isCommon) {
			links = append(links, linkRow{nearEntry(c.Key), nearEntry(l.Earlier), slices.Index(relations, l.Relation)})
		}
		for _, o := range c.together {
			if _, isDone := todo[o.Key]; todo[c.Key] && !isDone && o.After(c.Entry) && len(near.Links(o, []near.Entry{c.Entry}, isCommon)) > 0 {
				later[nearEntry(o.Key)] = true
			}
		}
	}
	if err := t.putLinks(todo, links); err != nil {
		return err
	}
	return t.addNearTodo(slices.Sorted(maps.Keys(later)), false)
}

// nearEntries reads entries that are not gone.
func (t *tx) nearEntries(keys []near.Key) (map[near.Key]near.Entry, error) {
	ids := map[bool][]int64{}
	for _, k := range keys {
		ids[k.IsPost] = append(ids[k.IsPost], k.ID)
	}
	all := make(map[near.Key]near.Entry, len(keys))
	for isPost, query := range map[bool]string{false: queryNearTexts(*t.dialect), true: queryNearPostTexts(*t.dialect)} {
		if len(ids[isPost]) == 0 {
			continue
		}
		packed, err := list(ids[isPost])
		if err != nil {
			return nil, err
		}
		err = t.each(func(r row) error {
			e, err := scanNear(r)
			e.IsPost = isPost
			all[e.Key] = e
			return err
		}, query, packed)
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

func queryNearTexts(d dialect) string {
	return `SELECT id, COALESCE(parent_id, 0), published, body FROM comments WHERE gone = 0 AND ` + d.among("id", "$1", "BIGINT")
}

func queryNearPostTexts(d dialect) string {
	return `SELECT id, 0, published, body FROM posts WHERE ` + d.among("id", "$1", "BIGINT")
}

// putPrints keeps the prints of entries that changed.
func (t *tx) putPrints(entries map[near.Key]near.Entry, changed map[near.Key]bool) error {
	var rows [][2]int64
	for key, e := range entries {
		if !changed[key] {
			continue
		}
		for _, p := range e.Prints() {
			rows = append(rows, [2]int64{p.Hash, nearEntry(key)<<1 | flag(p.Suffices)})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	// In the index' order: neighbours go in together.
	slices.SortFunc(rows, func(a, b [2]int64) int { return slices.Compare(a[:], b[:]) })
	var all pairs
	for _, r := range slices.Compact(rows) {
		all.add(r[0], r[1])
	}
	_, err := t.exec(`INSERT INTO near_prints (print, holder) SELECT a, b FROM (`+t.dialect.pairs("$1")+`) AS r WHERE true
		ON CONFLICT (print, holder) DO NOTHING`, all.object())
	return err
}

// queryHolders gives the entries that have some prints; those of a print that very
// many have are left out, and one more is looked at to know that.
func queryHolders(d dialect) string {
	most := strconv.Itoa(mostHolders)
	return `SELECT n.print, n.holder FROM (` + d.pairs("$1") + `) AS r CROSS JOIN near_prints n
		WHERE n.print = r.a AND (
			SELECT COUNT(*) FROM (SELECT 1 FROM near_prints m WHERE m.print = r.a LIMIT ` + most + ` + 1) AS q) <= ` + most
}

// together gives entries with those that share their rarest prints.
func (t *tx) together(entries map[near.Key]near.Entry) (all []compared, err error) {
	holders := map[int64][]int64{}
	for _, e := range entries {
		c := compared{Entry: e, prints: e.Prints(), common: map[int64]bool{}}
		for _, p := range c.prints {
			holders[p.Hash] = nil
		}
		all = append(all, c)
	}
	if len(holders) == 0 {
		return all, nil
	}
	var asked pairs
	for _, p := range slices.Sorted(maps.Keys(holders)) {
		asked.add(p, 0)
	}
	err = t.each(func(r row) error {
		var print, holder int64
		err := r.scan(&print, &holder)
		holders[print] = append(holders[print], holder)
		return err
	}, queryHolders(*t.dialect), asked.object())
	if err != nil {
		return nil, err
	}
	return all, t.readTogether(all, entries, holders)
}

// readTogether reads what entries are to be compared with.
func (t *tx) readTogether(all []compared, known map[near.Key]near.Entry, holders map[int64][]int64) error {
	chosen := make([][]near.Key, len(all))
	missing := map[near.Key]bool{}
	for i, c := range all {
		chosen[i] = rarest(c, holders)
		for _, k := range chosen[i] {
			if _, ok := known[k]; !ok {
				missing[k] = true
			}
		}
	}
	others, err := t.nearEntries(slices.Collect(maps.Keys(missing)))
	if err != nil {
		return err
	}
	for i, keys := range chosen {
		for _, k := range keys {
			e, ok := known[k]
			if !ok {
				e, ok = others[k]
			}
			if ok {
				all[i].together = append(all[i].together, e)
			}
		}
	}
	return nil
}

// rarest chooses the entries to compare one with, and finds the prints of it that
// are common: an entry that is stored is among the holders of its own.
func rarest(c compared, holders map[int64][]int64) []near.Key {
	const whole = 1 << 20
	weight, enough := map[int64]int{}, map[int64]bool{}
	seen := map[int64]bool{}
	for i, p := range c.prints {
		if seen[p.Hash] {
			continue
		}
		seen[p.Hash] = true
		c.common[p.Hash] = len(holders[p.Hash]) == 0
		// Of two prints of a quotation the other one may be common.
		suffices := p.Suffices || i > 0 && len(holders[c.prints[i-1].Hash]) == 0 ||
			i+1 < len(c.prints) && len(holders[c.prints[i+1].Hash]) == 0
		for _, holder := range holders[p.Hash] {
			entry, sufficesThere := holder>>1, holder&1 == 1
			enough[entry] = enough[entry] || suffices || sufficesThere || weight[entry] > 0
			weight[entry] += whole / len(holders[p.Hash])
		}
	}
	delete(enough, nearEntry(c.Key))
	maps.DeleteFunc(enough, func(_ int64, isEnough bool) bool { return !isEnough })
	entries := slices.SortedFunc(maps.Keys(enough), func(a, b int64) int {
		return cmp.Or(cmp.Compare(weight[b], weight[a]), cmp.Compare(a, b))
	})
	keys := make([]near.Key, 0, mostCompared)
	for _, e := range entries[:min(len(entries), mostCompared)] {
		keys = append(keys, keyOf(e))
	}
	return keys
}

func queryLaterLinked(d dialect) string {
	return `SELECT later FROM near_links WHERE ` + d.among("earlier", "$1", "BIGINT")
}

// laterLinked gives the entries that were something to ones that changed.
func (t *tx) laterLinked(todo map[near.Key]bool) (later map[int64]bool, err error) {
	var entries []int64
	for key, isChanged := range todo {
		if isChanged {
			entries = append(entries, nearEntry(key))
		}
	}
	packed, err := list(entries)
	if err != nil {
		return nil, err
	}
	later = map[int64]bool{}
	err = t.each(func(r row) error {
		var entry int64
		err := r.scan(&entry)
		if _, isDone := todo[keyOf(entry)]; !isDone {
			later[entry] = true
		}
		return err
	}, queryLaterLinked(*t.dialect), packed)
	return later, err
}

// linkRow is a link as a statement takes it.
type linkRow struct {
	Later    int64 `json:"later"`
	Earlier  int64 `json:"earlier"`
	Relation int   `json:"relation"`
}

// putLinks replaces what entries are to earlier ones.
func (t *tx) putLinks(todo map[near.Key]bool, links []linkRow) error {
	var entries []int64
	for key := range todo {
		entries = append(entries, nearEntry(key))
	}
	packed, err := list(entries)
	if err != nil {
		return err
	}
	if _, err := t.exec(`DELETE FROM near_links WHERE `+t.dialect.among("later", "$1", "BIGINT"), packed); err != nil || len(links) == 0 {
		return err
	}
	if packed, err = list(links); err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO near_links (later, earlier, relation)
		SELECT later, earlier, relation FROM (`+t.dialect.records("$1", "later BIGINT", "earlier BIGINT", "relation BIGINT")+`) AS r`, packed)
	return err
}

func scanNear(r row) (e near.Entry, err error) {
	var body digest.Prose
	err = r.scan(&e.ID, &e.Answers, &e.Published, &body)
	e.Text = near.Read(body)
	return e, err
}
