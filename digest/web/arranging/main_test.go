package arranging_test

import (
	"os"
	"testing"

	"postbag/digest/store/storetest"
	"postbag/digest/web/arranging"
	"postbag/digest/web/desk"
	"postbag/digest/web/desktest"
	"postbag/digest/web/frame"
)

func TestMain(m *testing.M) { os.Exit(storetest.Pooled{Tests: m}.Run()) }

// start is a desk with the first comments of the invented blog picked.
func start(t *testing.T, picks int) *desktest.Desk {
	t.Helper()
	d := desktest.New(t, func(d *desktest.Desk, f *frame.Frame) []desk.Area {
		return []desk.Area{arranging.New(f, d.Desk)}
	})
	pick(t, d, picks)
	return d
}
