package near_test

import (
	"slices"
	"testing"
	"time"

	"postbag/digest/near"
)

func TestWords(t *testing.T) {
	march := time.Date(2026, 3, 3, 23, 0, 0, 0, time.UTC)
	other := func(id int64, r near.Relation, isLater bool) near.Other {
		return near.Other{Key: near.Key{ID: id}, Relation: r, IsLater: isLater, Published: march}
	}
	post := func(id int64, title string, r near.Relation, isLater bool) near.Other {
		o := other(id, r, isLater)
		o.IsPost, o.Title = true, title
		return o
	}
	many := make([]near.Other, 13)
	for i := range many {
		many[i] = other(int64(i+1), near.Copy, true)
	}
	for _, c := range []struct {
		name   string
		others []near.Other
		want   []string
	}{
		{"nothing", nil, nil},
		{"one copy", []near.Other{other(17, near.Copy, true)}, []string{"1 near copy: 17"}},
		{"two copies", []near.Other{other(17, near.Copy, true), other(23, near.Copy, true)}, []string{"2 near copies: 17, 23"}},
		{"many", many, []string{"13 near copies: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 3 more"}},
		{"a repetition", []near.Other{other(12, near.Copy, false), other(20, near.Copy, true)}, []string{"1 near copy: 20", "repeats comment 12 of 3 March 2026"}},
		{"of a post", []near.Other{post(3, "The  rota", near.Copy, false)}, []string{"repeats “The rota” of 3 March 2026"}},
		{"quoted", []near.Other{other(4, near.Quote, true), post(3, "Pick of the Week 8", near.Quote, true), post(5, "", near.Quote, true)},
			[]string{"quoted in comment 4, “Pick of the Week 8”, post 5"}},
		{"quotes", []near.Other{post(3, "The rota", near.Quote, false), other(4, near.Quote, false)},
			[]string{"quotes “The rota” of 3 March 2026, comment 4 of 3 March 2026"}},
	} {
		if got := near.Words(c.others); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
