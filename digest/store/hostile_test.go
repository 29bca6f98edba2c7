package store_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"postbag/digest"
	"postbag/digest/backup"
	"postbag/digest/digesttest"
	"postbag/digest/store/storetest"
)

// rewritten changes the lines of a backup and gives it the checksums that it then
// has: what somebody could make who knows the format.
func rewritten(t *testing.T, file []byte, change func(lines []string) []string) []byte {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(string(file), "\n"), "\n")
	lines = change(lines[:len(lines)-1])
	whole := sha256.New()
	var trailer backup.Trailer
	part := sha256.New()
	end := func() {
		if n := len(trailer.Tables); n > 0 {
			trailer.Tables[n-1].SHA256 = hex.EncodeToString(part.Sum(nil))
			part.Reset()
		}
	}
	var out bytes.Buffer
	for _, line := range lines {
		fmt.Fprintln(io.MultiWriter(&out, whole), line)
		switch {
		case strings.HasPrefix(line, "[") && len(trailer.Tables) > 0:
			fmt.Fprintln(part, line)
			trailer.Rows++
			trailer.Tables[len(trailer.Tables)-1].Rows++
		case strings.HasPrefix(line, `{"table":`):
			end()
			var sum backup.Sum                     // its name, which may hold quotes
			_ = json.Unmarshal([]byte(line), &sum) // or be spoilt
			trailer.Tables = append(trailer.Tables, sum)
		}
	}
	end()
	trailer.SHA256 = hex.EncodeToString(whole.Sum(nil))
	last, err := json.Marshal(trailer)
	if err != nil {
		t.Fatal(err)
	}
	return append(append(out.Bytes(), last...), '\n')
}

func TestHostileBackups(t *testing.T) {
	digesttest.NotUnderRace(t) // one call after another
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "filled.db"))
	storetest.Fill(t, db)
	file := unpacked(t, db)
	each := func(change func(string) string) func([]string) []string {
		return func(lines []string) []string {
			for i := range lines {
				lines[i] = change(lines[i])
			}
			return lines
		}
	}
	replace := func(old, now string) func([]string) []string {
		return each(func(line string) string { return strings.Replace(line, old, now, 1) })
	}
	without := func(table string) func([]string) []string {
		return func(lines []string) (kept []string) {
			on := false
			for _, line := range lines {
				if strings.HasPrefix(line, "{") {
					on = strings.HasPrefix(line, `{"table":"`+table+`"`)
				}
				if !on {
					kept = append(kept, line)
				}
			}
			return kept
		}
	}
	twice := func(lines []string) []string {
		for i, line := range lines {
			if strings.HasPrefix(line, `{"table":"sources"`) {
				return append(lines[:i+2:i+2], lines[i:]...)
			}
		}
		return lines
	}
	if _, err := restore(t.Context(), filepath.Join(t.TempDir(), "as it is.db"), rewritten(t, file, replace("x", "x"))); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func([]string) []string
		words  string
	}{
		"an unknown table":                {replace(`{"table":"letters"`, `{"table":"pg_class"`), "no table"},
		"a table of the program":          {replace(`{"table":"letters"`, `{"table":"migrations"`), "no table"},
		"a name with quotes":              {replace(`{"table":"letters"`, `{"table":"letters\" ; DROP TABLE posts; --"`), "no table"},
		"an unknown column":               {replace(`"name":"reply"`, `"name":"replies"`), "with the columns"},
		"a column twice":                  {replace(`"name":"reply"`, `"name":"code"`), "with the columns"},
		"another type":                    {replace(`{"name":"salt","type":"bytes"}`, `{"name":"salt","type":"text"}`), "with the columns"},
		"a table that is missing":         {without("letters"), "lacks the table letters"},
		"no publication":                  {without("publication"), "lacks the table publication"},
		"a table twice":                   {twice, "no table"},
		"rows of nobody":                  {replace(`[1,"nightbus"`, `[7,"nightbus"`), ""},
		"a state that is none":            {replace(`"sending"`, `"flying"`), "does not take"},
		"nothing where something must be": {replace(`[1,"nightbus"`, `[1,null`), "does not take"},
		"a schema of the future":          {replace(fmt.Sprintf(`"schema":%d`, newest(t, filepath.Join(t.TempDir(), "x.db"))), `"schema":99`), "schema 99"},
		"no schema":                       {replace(fmt.Sprintf(`"schema":%d`, newest(t, filepath.Join(t.TempDir(), "x.db"))), `"schema":0`), "schema 0"},
	} {
		t.Run(name, func(t *testing.T) {
			onNew(t, func(t *testing.T, empty string) {
				_, err := restore(t.Context(), empty, rewritten(t, file, c.change))
				if err == nil || !strings.Contains(err.Error(), c.words) || digest.HintOf(err) == "" {
					t.Errorf("got %v, want %q and a hint", err, c.words)
				}
				wantNothing(t, empty)
			})
		})
	}
}

// TestShuffledBackups takes lines out of a backup, doubles them, moves them and
// changes letters, with checksums that fit: what comes of it is a database that is
// whole, or an error that says what to do, and nothing else.
func TestShuffledBackups(t *testing.T) {
	digesttest.NotUnderRace(t) // one call after another
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "filled.db"))
	storetest.Fill(t, db)
	file := unpacked(t, db)
	random := rand.New(rand.NewPCG(1, 2))
	whole := 0
	for i := range 60 {
		hostile := rewritten(t, file, func(lines []string) []string {
			at, other := 2+random.IntN(len(lines)-2), 2+random.IntN(len(lines)-2)
			switch i % 4 {
			case 0:
				return slices.Delete(lines, at, at+1)
			case 1:
				lines = slices.Insert(lines, at, lines[other])
			case 2:
				lines[at], lines[other] = lines[other], lines[at]
			case 3:
				letter := random.IntN(len(lines[at]))
				lines[at] = lines[at][:letter] + string(rune(' '+random.IntN(95))) + lines[at][letter+1:]
			}
			return lines
		})
		path := filepath.Join(t.TempDir(), "shuffled.db")
		if _, err := restore(t.Context(), path, hostile); err == nil {
			whole++
			checkIntegrity(t, open(t, path))
		} else if digest.HintOf(err) == "" {
			t.Errorf("%d: an error without a hint: %v", i, err)
		} else {
			wantNothing(t, path)
		}
	}
	t.Logf("%d of 60 were whole", whole)
}
