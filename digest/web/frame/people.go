package frame

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
)

// withPeople lets a page name editors; they are read once, and only where one is named.
func (f *Frame) withPeople(ctx context.Context) context.Context {
	return context.WithValue(ctx, peopleKey, sync.OnceValue(func() digest.People {
		if f.o.Editors == nil {
			return nil
		}
		all, err := f.o.Editors(ctx)
		if err != nil {
			f.log.WarnContext(ctx, "a page names editors by their addresses", "error", err)
		}
		return digest.PeopleOf(all)
	}))
}

// People are what the desk calls its editors.
func People(ctx context.Context) digest.People {
	if people, is := ctx.Value(peopleKey).(func() digest.People); is {
		return people()
	}
	return nil
}

// Moment writes a moment in words, on the clock of the first series; "" for none. Before
// there is a series it is UTC, and says so.
func (f *Frame) Moment(ctx context.Context, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	series, is := f.series(ctx)
	if !is {
		return desk.ShortMoment(digest.Series{Zone: "UTC"}, t, f.Now()) + " UTC"
	}
	return desk.ShortMoment(series, t, f.Now())
}

// Day writes the day of a moment; "" for none.
func (f *Frame) Day(ctx context.Context, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(f.zone(ctx)).Format("2 January 2006")
}

func (f *Frame) series(ctx context.Context) (s digest.Series, is bool) {
	if f.o.Series == nil {
		return s, false
	}
	all, err := f.o.Series(ctx)
	if err != nil {
		f.log.WarnContext(ctx, "a page tells times in UTC", "error", err)
	}
	if len(all) == 0 {
		return s, false
	}
	return all[0], true
}

func (f *Frame) zone(ctx context.Context) *time.Location {
	if series, is := f.series(ctx); is {
		if zone, err := series.Location(); err == nil {
			return zone
		}
	}
	return time.UTC
}

// named says an error's sentence with editors called by their names, and times on the
// desk's clock.
func (f *Frame) named(ctx context.Context, err error, text string) string {
	by, is := errors.AsType[interface {
		error
		Told(digest.People, *time.Location) string
	}](err)
	if !is {
		return text
	}
	said, told := by.Error(), by.Told(People(ctx), f.zone(ctx))
	if strings.Contains(text, said) {
		return strings.Replace(text, said, told, 1)
	}
	_, said, _ = strings.Cut(said, " ") // the first word has a capital, at the beginning
	_, told, _ = strings.Cut(told, " ")
	return strings.Replace(text, said, told, 1)
}
