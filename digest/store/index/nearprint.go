package index

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"postbag/digest/near"
	"postbag/digest/store/database"
)

// putPrints keeps the prints of entries that changed.
func putPrints(t *database.Tx, entries map[near.Key]near.Entry, changed map[near.Key]bool) error {
	var rows []printRow
	for key, e := range entries {
		if changed[key] {
			rows = append(rows, printRows(e)...)
		}
	}
	// In the index' order: neighbours go in together.
	slices.SortFunc(rows, comparePrints)
	return putPrintRows(t, slices.Compact(rows))
}

// printRow is a print and who has it: twice the entry, and one more where this
// print alone is worth a look.
type printRow struct{ print, holder int64 }

func comparePrints(a, b printRow) int {
	return cmp.Or(cmp.Compare(a.print, b.print), cmp.Compare(a.holder, b.holder))
}

// printRows gives the prints of an entry as they are kept.
func printRows(e near.Entry) (rows []printRow) {
	for _, p := range e.Prints() {
		rows = append(rows, printRow{p.Hash, nearEntry(e.Key)<<1 | database.Flag(p.Suffices)})
	}
	return rows
}

// putPrintRows keeps prints that are in order; those that are there already stay.
func putPrintRows(t *database.Tx, rows []printRow) error {
	if len(rows) == 0 {
		return nil
	}
	var all database.Pairs
	for _, r := range rows {
		all.Add(r.print, r.holder)
	}
	_, err := t.Exec(`INSERT INTO near_prints (print, holder) SELECT a, b FROM (`+t.Dialect.Pairs("$1")+`) AS r WHERE true
		ON CONFLICT (print, holder) DO NOTHING`, all.Object())
	return err
}

// queryHolders gives the holders of some prints. Of a print that very many have it
// gives none, or one more than those.
func queryHolders(d database.Dialect) string {
	most := strconv.Itoa(mostHolders)
	if d.Lateral {
		return `SELECT n.print, n.holder FROM (` + d.Pairs("$1") + `) AS r CROSS JOIN LATERAL (
			SELECT print, holder FROM near_prints m WHERE m.print = r.a LIMIT ` + most + ` + 1) AS n`
	}
	return `SELECT n.print, n.holder FROM (` + d.Pairs("$1") + `) AS r CROSS JOIN near_prints n
		WHERE n.print = r.a AND (
			SELECT COUNT(*) FROM (SELECT 1 FROM near_prints m WHERE m.print = r.a LIMIT ` + most + ` + 1) AS q) <= ` + most
}

// together gives entries with those that share their rarest prints.
func together(t *database.Tx, entries map[near.Key]near.Entry) (all []compared, err error) {
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
	var asked database.Pairs
	for _, p := range slices.Sorted(maps.Keys(holders)) {
		asked.Add(p, 0)
	}
	err = t.Each(func(r database.Row) error {
		var print, holder int64
		err := r.Scan(&print, &holder)
		holders[print] = append(holders[print], holder)
		return err
	}, queryHolders(*t.Dialect), asked.Object())
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(holders, func(_ int64, all []int64) bool { return len(all) > mostHolders })
	return all, readTogether(t, all, entries, holders)
}

// readTogether reads what entries are to be compared with.
func readTogether(t *database.Tx, all []compared, known map[near.Key]near.Entry, holders map[int64][]int64) error {
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
	others, err := nearEntries(t, slices.Collect(maps.Keys(missing)))
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
