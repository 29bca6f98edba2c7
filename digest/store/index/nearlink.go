package index

import (
	"maps"
	"slices"

	"postbag/digest"
	"postbag/digest/near"
	"postbag/digest/store/database"
)

// compared is an entry that is being compared.
type compared struct {
	near.Entry
	prints   []near.Print
	common   map[int64]bool // the prints that very many have
	together []near.Entry   // what shares prints with it
}

// linkAll finds what some entries are to earlier ones. Those that are later than
// one that changed, and are or were something to it, are noted.
func linkAll(t *database.Tx, todo map[near.Key]bool) error {
	entries, err := nearEntries(t, slices.Collect(maps.Keys(todo)))
	if err != nil {
		return err
	}
	if err := putPrints(t, entries, todo); err != nil {
		return err
	}
	all, err := together(t, entries)
	if err != nil {
		return err
	}
	later, err := laterLinked(t, todo)
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
	if err := putLinks(t, todo, links); err != nil {
		return err
	}
	return addNearTodo(t, slices.Sorted(maps.Keys(later)), false)
}

// nearEntries reads entries that are not gone.
func nearEntries(t *database.Tx, keys []near.Key) (map[near.Key]near.Entry, error) {
	ids := map[bool][]int64{}
	for _, k := range keys {
		ids[k.IsPost] = append(ids[k.IsPost], k.ID)
	}
	all := make(map[near.Key]near.Entry, len(keys))
	for isPost, query := range map[bool]string{false: queryNearTexts(*t.Dialect), true: queryNearPostTexts(*t.Dialect)} {
		if len(ids[isPost]) == 0 {
			continue
		}
		packed, err := database.JSONArray(ids[isPost])
		if err != nil {
			return nil, err
		}
		err = t.Each(func(r database.Row) error {
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

func queryNearTexts(d database.Dialect) string {
	return `SELECT id, COALESCE(parent_id, 0), published, body FROM comments WHERE gone = 0 AND ` + d.Among("id", "$1", "BIGINT")
}

func queryNearPostTexts(d database.Dialect) string {
	return `SELECT id, 0, published, body FROM posts WHERE ` + d.Among("id", "$1", "BIGINT")
}

func scanNear(r database.Row) (e near.Entry, err error) {
	var body digest.Prose
	err = r.Scan(&e.ID, &e.Answers, &e.Published, &body)
	e.Text = near.Read(body)
	return e, err
}

func queryLaterLinked(d database.Dialect) string {
	return `SELECT later FROM near_links WHERE ` + d.Among("earlier", "$1", "BIGINT")
}

// laterLinked gives the entries that were something to ones that changed.
func laterLinked(t *database.Tx, todo map[near.Key]bool) (later map[int64]bool, err error) {
	var entries []int64
	for key, isChanged := range todo {
		if isChanged {
			entries = append(entries, nearEntry(key))
		}
	}
	packed, err := database.JSONArray(entries)
	if err != nil {
		return nil, err
	}
	later = map[int64]bool{}
	err = t.Each(func(r database.Row) error {
		var entry int64
		err := r.Scan(&entry)
		if _, isDone := todo[keyOf(entry)]; !isDone {
			later[entry] = true
		}
		return err
	}, queryLaterLinked(*t.Dialect), packed)
	return later, err
}

// linkRow is a link as a statement takes it.
type linkRow struct {
	Later    int64 `json:"later"`
	Earlier  int64 `json:"earlier"`
	Relation int   `json:"relation"`
}

// putLinks replaces what entries are to earlier ones.
func putLinks(t *database.Tx, todo map[near.Key]bool, links []linkRow) error {
	var entries []int64
	for key := range todo {
		entries = append(entries, nearEntry(key))
	}
	packed, err := database.JSONArray(entries)
	if err != nil {
		return err
	}
	if _, err := t.Exec(`DELETE FROM near_links WHERE `+t.Dialect.Among("later", "$1", "BIGINT"), packed); err != nil || len(links) == 0 {
		return err
	}
	if packed, err = database.JSONArray(links); err != nil {
		return err
	}
	_, err = t.Exec(`INSERT INTO near_links (later, earlier, relation)
		SELECT later, earlier, relation FROM (`+t.Dialect.Records("$1", "later BIGINT", "earlier BIGINT", "relation BIGINT")+`) AS r`, packed)
	return err
}
