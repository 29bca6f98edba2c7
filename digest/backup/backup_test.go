package backup_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/backup"
	"postbag/digest/digesttest"
)

var header = backup.Header{Program: "test", Schema: 3, Made: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), Database: "sqlite", Publication: "Nights"}

var people = backup.Table{Name: "people", LastID: 9, Columns: []backup.Column{
	{Name: "id", Type: backup.Integer}, {Name: "name", Type: backup.Text}, {Name: "salt", Type: backup.Bytes}}}

var rows = [][]any{
	{int64(1), "Ines", []byte{0, 1, 255}},
	{int64(math.MaxInt64), `a "quote", a \ and a` + "\n\tline \x00 \u2028 <b>&ü€🚌", []byte{}},
	{int64(math.MinInt64), "", nil},
	{nil, nil, nil},
	{int64(0), "not UTF-8: \xff\xfe", nil},
	{int64(2), strings.Repeat("long ", 200_000), nil},
}

// written gives a backup of one table.
func written(t testing.TB, compress bool) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := backup.NewWriter(&b, header, compress)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Table(backup.Table{Name: "nobody", Columns: people.Columns}); err != nil {
		t.Fatal(err)
	}
	if err := w.Table(people); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := w.Row(r); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	for _, compress := range []bool{false, true} {
		r, err := backup.NewReader(bytes.NewReader(written(t, compress)))
		if err != nil {
			t.Fatal(err)
		}
		want := header
		want.Format, want.Version = backup.Format, backup.Version
		if r.Header() != want {
			t.Errorf("the header is %+v", r.Header())
		}
		if table, more, err := r.NextTable(); table.Name != "nobody" || !more || err != nil {
			t.Fatal(table, more, err)
		}
		table, more, err := r.NextTable()
		if err != nil || !more || !reflect.DeepEqual(table, people) {
			t.Fatalf("the table is %+v, %v, %v", table, more, err)
		}
		for i, want := range rows {
			got, more, err := r.Next()
			if err != nil || !more || !reflect.DeepEqual(got, want) {
				t.Fatalf("row %d is %.80v, %v, %v", i, got, more, err)
			}
		}
		if _, more, err := r.Next(); more || err != nil {
			t.Fatal("there is more", err)
		}
		if _, more, err := r.NextTable(); more || err != nil {
			t.Fatal("there is more", err)
		}
		if n := r.Trailer().Rows; n != int64(len(rows)) {
			t.Errorf("%d rows", n)
		}
	}
}

// TestEveryRowIsJSON reads the rows as a stranger would.
func TestEveryRowIsJSON(t *testing.T) {
	lines := bytes.Split(bytes.TrimSuffix(written(t, false), []byte("\n")), []byte("\n"))
	for i, line := range lines {
		if !json.Valid(line) {
			t.Errorf("line %d is no JSON: %.80s", i+1, line)
		}
	}
	var row []any
	if err := json.Unmarshal(lines[4], &row); err != nil || row[1] != rows[1][1] {
		t.Errorf("the second row is %q, %v", row, err)
	}
}

// TestAStrangerCanCheckIt compares the checksums with gzip, sha256sum and their
// like, as docs/backup-format.md says.
func TestAStrangerCanCheckIt(t *testing.T) {
	digesttest.ShellTools.Check(t)
	path := filepath.Join(t.TempDir(), "backup.gz")
	if err := os.WriteFile(path, written(t, true), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := backup.NewReader(bytes.NewReader(written(t, false)))
	if err != nil {
		t.Fatal(err)
	}
	trailer, err := r.Check()
	if err != nil {
		t.Fatal(err)
	}
	for script, want := range map[string]string{
		`gzip -dc "$0" | head -n -1 | sha256sum`:                                                          trailer.SHA256,
		`gzip -dc "$0" | awk '/^{/ {on = index($0, "{\"table\":\"people\",") == 1; next} on' | sha256sum`: trailer.Tables[1].SHA256,
	} {
		out, err := exec.Command("sh", "-c", script, path).Output()
		if got, _, _ := strings.Cut(string(out), " "); err != nil || got != want {
			t.Errorf("%s gives %s, %v; want %s", script, out, err, want)
		}
	}
}

// TestAnyDamageIsFound changes every byte of a backup, and cuts it off anywhere.
func TestAnyDamageIsFound(t *testing.T) {
	short := rows
	rows = rows[:4]
	defer func() { rows = short }()
	for _, compress := range []bool{false, true} {
		whole := written(t, compress)
		read := func(b []byte) error {
			r, err := backup.NewReader(bytes.NewReader(b))
			if err == nil {
				_, err = r.Check()
			}
			return err
		}
		if err := read(whole); err != nil {
			t.Fatal(err)
		}
		for i := range whole {
			if err := read(whole[:i]); err == nil || digest.KindOf(err) != digest.Invalid || digest.HintOf(err) == "" {
				t.Fatalf("cut off at %d of %d: %v", i, len(whole), err)
			}
			changed := bytes.Clone(whole)
			changed[i] ^= 0x01
			// The name of the system and the time in gzip's own header say nothing.
			if err := read(changed); err == nil && (!compress || i >= 10) {
				t.Fatalf("a change at %d of %d was not seen", i, len(whole))
			}
		}
		if err := read(append(bytes.Clone(whole), whole...)); err == nil {
			t.Error("two backups in one file were read as one")
		}
	}
}

// signed makes a backup of any lines, with the checksum that they have.
func signed(lines ...string) []byte {
	body := strings.Join(lines, "\n") + "\n"
	sum := sha256.Sum256([]byte(body))
	return fmt.Appendf([]byte(body), `{"tables":[{"table":"t","rows":0,"sha256":""}],"rows":0,"sha256":"%s"}`+"\n", hex.EncodeToString(sum[:]))
}

func TestWhatCannotBeIsRefused(t *testing.T) {
	const head = `{"format":"postbag-backup","version":1,"schema":1}`
	const table = `{"table":"t","columns":[{"name":"id","type":"integer"},{"name":"w","type":"text"},{"name":"b","type":"bytes"}]}`
	for name, c := range map[string]struct {
		file  []byte
		words string
	}{
		"nothing":                   {nil, "no backup"},
		"another file":              {[]byte("hello\n"), "no backup"},
		"another format":            {signed(`{"format":"other","version":1,"schema":1}`), "no backup"},
		"a newer format":            {signed(`{"format":"postbag-backup","version":2,"schema":1}`), "format 2"},
		"no schema":                 {signed(`{"format":"postbag-backup","version":1}`), "schema 0"},
		"a long header":             {append(bytes.Repeat([]byte(" "), 70<<10), '\n'), "no backup"},
		"a row too early":           {signed(head, `[1]`), "no table"},
		"no columns":                {signed(head, `{"table":"t","columns":[]}`), "no table that can be"},
		"an unknown type":           {signed(head, `{"table":"t","columns":[{"name":"id","type":"real"}]}`), `type "real"`},
		"a negative id":             {signed(head, `{"table":"t","columns":[{"name":"id","type":"integer"}],"last_id":-1}`), "no table that can be"},
		"too few values":            {signed(head, table, `[1]`), "1 values for 3"},
		"too many values":           {signed(head, table, `[1,"a","",2]`), "more than 3"},
		"a word for a number":       {signed(head, table, `["a","a",""]`), "the column id"},
		"a fraction":                {signed(head, table, `[1.5,"a",""]`), "values"},
		"a large number":            {signed(head, table, `[9223372036854775808,"a",""]`), "64 bits"},
		"a number for text":         {signed(head, table, `[1,2,""]`), "the column w"},
		"no base64":                 {signed(head, table, `[1,"a","!"]`), "no base64"},
		"an open string":            {signed(head, table, `[1,"a`), "without an end"},
		"an open escape":            {signed(head, table, `[1,"a\`), "without an end"},
		"a wrong escape":            {signed(head, table, `[1,"\x","" ]`), "no string"},
		"rows that are not counted": {signed(head, table, `[1,"a",""]`), "checksum"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := backup.NewReader(bytes.NewReader(c.file))
			if err == nil {
				_, err = r.Check()
			}
			if err == nil || !strings.Contains(err.Error(), c.words) || digest.HintOf(err) == "" {
				t.Errorf("got %v, want %q and a hint", err, c.words)
			}
		})
	}
}

// endless gives the same bytes again and again.
type endless struct {
	first []byte
	b     byte
}

func (e *endless) Read(p []byte) (int, error) {
	if len(e.first) > 0 {
		n := copy(p, e.first)
		e.first = e.first[n:]
		return n, nil
	}
	for i := range p {
		p[i] = e.b
	}
	return len(p), nil
}

// TestRecordsOfManyPartsStaySmall reads lines whose values are many times larger
// than their text, before any limit on their number could be compared.
func TestRecordsOfManyPartsStaySmall(t *testing.T) {
	const head = `{"format":"postbag-backup","version":1,"schema":1}` + "\n"
	const many = 16 << 20
	for name, file := range map[string]string{
		"a table": head + `{"table":"t","columns":[{}` + strings.Repeat(",{}", many) + "]}\n",
		"the end": head + `{"tables":[{}` + strings.Repeat(",{}", many) + "]}\n",
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			r, err := backup.NewReader(strings.NewReader(file))
			if err == nil {
				_, err = r.Check()
			}
			runtime.ReadMemStats(&after)
			if digest.KindOf(err) != digest.Invalid || digest.HintOf(err) == "" {
				t.Errorf("got %v", err)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 512<<20 {
				t.Errorf("it took %d MB", used>>20)
			}
		})
	}
}

// TestLongNamesAreCut says what is wrong in a line that a person can read.
func TestLongNamesAreCut(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	r, err := backup.NewReader(bytes.NewReader(signed(`{"format":"postbag-backup","version":1,"schema":1}`,
		`{"table":"`+long+`","columns":[{"name":"`+long+`","type":"integer"}]}`, `["a"]`)))
	if err == nil {
		_, err = r.Check()
	}
	if err == nil || len(err.Error()) > 500 {
		t.Errorf("the error has %d bytes", len(fmt.Sprint(err)))
	}
}

// TestABombStaysSmall reads a gigabyte that was a megabyte in the file: a line
// without an end is given up, whatever it unpacks to.
func TestABombStaysSmall(t *testing.T) {
	for name, first := range map[string]string{
		"in the header": "",
		"in a row":      `{"format":"postbag-backup","version":1,"schema":1}` + "\n" + `{"table":"t","columns":[{"name":"w","type":"text"}]}` + "\n" + `["`,
	} {
		t.Run(name, func(t *testing.T) {
			packed, w := io.Pipe()
			go func() {
				gz := gzip.NewWriter(w)
				_, err := io.CopyN(gz, &endless{first: []byte(first), b: 'a'}, 1<<30)
				w.CloseWithError(err)
			}()
			defer packed.Close()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			r, err := backup.NewReader(packed)
			if err == nil {
				_, err = r.Check()
			}
			runtime.ReadMemStats(&after)
			if digest.KindOf(err) != digest.Invalid {
				t.Errorf("got %v", err)
			}
			if grown := after.HeapSys - min(before.HeapSys, after.HeapSys); grown > 512<<20 {
				t.Errorf("the heap grew by %d MB", grown>>20)
			}
		})
	}
}

func FuzzReader(f *testing.F) {
	few := rows
	rows = rows[:5]
	f.Add(written(f, false))
	f.Add(written(f, true))
	rows = few
	f.Add(signed(`{"format":"postbag-backup","version":1,"schema":1}`, `{"table":"t","columns":[{"name":"w","type":"text"}]}`, `["\u00e9\ud83d\ude8c"]`, `[{"base64":"/w=="}]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := backup.NewReader(bytes.NewReader(b))
		if err != nil {
			return
		}
		for {
			table, more, err := r.NextTable()
			if err != nil || !more {
				return
			}
			for {
				row, more, err := r.Next()
				if err != nil {
					return
				}
				if !more {
					break
				}
				if len(row) != len(table.Columns) {
					t.Fatalf("%d values for %d columns", len(row), len(table.Columns))
				}
				again(t, table, row)
			}
		}
	})
}

// again writes a row that was read and reads it once more.
func again(t *testing.T, table backup.Table, row []any) {
	var b bytes.Buffer
	w, err := backup.NewWriter(&b, header, false)
	if err == nil {
		err = w.Table(table)
	}
	if err == nil {
		err = w.Row(row)
	}
	if err == nil {
		_, err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err := backup.NewReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.NextTable(); err != nil {
		t.Fatal(err)
	}
	if got, _, err := r.Next(); err != nil || !reflect.DeepEqual(got, row) {
		t.Fatalf("%q became %q, %v", row, got, err)
	}
}
