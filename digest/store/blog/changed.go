package blog

import (
	"fmt"

	"postbag/digest/store/database"
)

// Kind is what a row of search_todo asks to index.
type Kind int

// What an entry is.
const (
	KindComment Kind = 0
	KindPost    Kind = 1
)

// Note notes entries to be indexed. It is part of the transaction that changes
// them, and one statement for any number.
func Note(t *database.Tx, k Kind, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	all, err := database.JSONArray(ids)
	if err != nil {
		return err
	}
	table := "comments"
	if k == KindPost {
		table = "posts"
	}
	_, err = t.Exec(fmt.Sprintf(`INSERT INTO search_todo (kind, entry) SELECT %d, id FROM %s WHERE `, k, table)+
		t.Dialect.Among("id", "$1", "BIGINT"), all)
	return err
}
