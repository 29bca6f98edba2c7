package store

import "fmt"

// kind is what a row of search_todo asks to index.
type kind int

const (
	kindComment kind = 0
	kindPost    kind = 1
	kindThread  kind = 2 // all comments under a post
)

// note notes entries to be indexed. It is part of the transaction that changes
// them, and one statement for any number.
func (t *tx) note(k kind, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	all, err := list(ids)
	if err != nil {
		return err
	}
	table := "comments"
	if k != kindComment {
		table = "posts"
	}
	_, err = t.exec(fmt.Sprintf(`INSERT INTO search_todo (kind, entry) SELECT %d, id FROM %s WHERE `, k, table)+
		t.dialect.among("id", "$1", "BIGINT"), all)
	return err
}
