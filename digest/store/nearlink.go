package store

import (
	"maps"
	"slices"

	"postbag/digest"
	"postbag/digest/near"
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

func scanNear(r row) (e near.Entry, err error) {
	var body digest.Prose
	err = r.scan(&e.ID, &e.Answers, &e.Published, &body)
	e.Text = near.Read(body)
	return e, err
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
