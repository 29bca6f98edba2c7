package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"postbag/digest/lazyregexp"
)

// The layers of the program. A package may import its own layer's allowed ones
// and nothing else of the program; what is not listed fails the test, so that a
// new package gets its place on purpose.
var (
	domain = []string{"digest", "subscribers"}
	pure   = []string{
		"digest/lazyregexp", "digest/markup", "digest/prose", "digest/cut", "digest/wording", "digest/schedule", "digest/compile", "digest/suggest/pack", "digest/suggest",
		"digest/charset", "digest/xmlread", "digest/jsonread", "digest/mailbox", "digest/field", "digest/webpage", "digest/feed", "digest/feed/scan", "digest/dump",
		"digest/search", "digest/parallel", "digest/near", "digest/pull/identity", "digest/pull/platform",
		"digest/backup", "digest/disk", "digest/hostname", "digest/site",
		"templates", "templates/screen", "subscribers/address", "subscribers/dkim", "subscribers/listfile", "subscribers/message", "subscribers/letters", "subscribers/report", "subscribers/mail/sink",
	}
	stages = []string{
		"digest/work", "digest/publish", "subscribers/deliver", "subscribers/dnscheck",
		"digest/pull", "digest/pull/reader", "digest/pull/discover", "digest/pull/importer", "digest/pull/poll", "digest/pull/removed", // each may import those before it
	}
	useCases = []string{"subscribers/signup", "subscribers/roster", "subscribers/bounce", "subscribers/bounce/webhook", "digest/account", "digest/beside", "digest/blogs", "digest/desk", "digest/check", "digest/reading", "digest/dispatch", "digest/remind", "digest/health", "digest/duty", "digest/setup", "subscribers/bench"} // each may import those before it
	adapters = []string{"digest/fetch", "digest/web", "digest/web/metrics", "subscribers/mail", "subscribers/inbox"}
	// The parts of the desk's pages, of which each may import those before it; the areas
	// stand between the first and the last, and none imports another.
	deskParts = []string{"digest/web/frame", "digest/web/door", "digest/web/reminding", "digest/web/setup", "digest/web/reading", "digest/web/trimming", "digest/web/checking", "digest/web/arranging", "digest/web/sending", "digest/web/keeping", "digest/web/desk"}
	// The parts of the store, of which each may import those before it.
	storeParts = []string{"digest/store/database", "digest/store/foreign", "digest/store/audit", "digest/store/rules", "digest/store/onwire", "digest/store/pace", "digest/store/duties", "digest/store/tasks", "digest/store/publication", "digest/store/blog", "digest/store/pages", "digest/store/issues", "digest/store/checks", "digest/store/list", "digest/store/bounces", "digest/store/accounts", "digest/store/reminders",
		"digest/store/ledger", "digest/store/index", "digest/store/status", "digest/store/transfer", "digest/store"}
	fixtures = []string{"digest/sampleblog", "digest/digesttest/axe"}
)

// The layers in which packages may import each other.
const (
	pureLayer    = 1
	useCaseLayer = 3
)

type listedPackage struct {
	ImportPath string
	Imports    []string
	Standard   bool
}

// TestImportDirection keeps the layers apart: the domain needs nothing but the
// standard library, pure packages import the domain and each other, stages those, use
// cases also stages and the use cases before them, adapters all that they serve but
// never each other; the command wires.
func TestImportDirection(t *testing.T) {
	layer := map[string]int{}
	for i, names := range [][]string{domain, pure, stages, useCases, slices.Concat(adapters, storeParts, deskParts)} {
		for _, n := range names {
			layer[n] = i
		}
	}
	for _, p := range listPackages(t) {
		name := strings.TrimPrefix(p.ImportPath, "postbag/")
		if isOneOf(name, fixtures) || strings.HasPrefix(name, "cmd/") || strings.HasSuffix(name, "test") {
			continue
		}
		own, known := layer[name]
		if !known {
			t.Errorf("%s has no place in the layout; give it one here", name)
			continue
		}
		for _, imported := range p.Imports {
			checkImport(t, name, own, imported, layer)
		}
	}
}

func checkImport(t *testing.T, name string, own int, imported string, layer map[string]int) {
	t.Helper()
	ours, isOurs := strings.CutPrefix(imported, "postbag/")
	if !isOurs {
		if own == 0 && strings.Contains(imported, ".") {
			t.Errorf("%s is domain and imports %s", name, imported)
		}
		return
	}
	theirs, known := layer[ours]
	if from, to := slices.Index(storeParts, name), slices.Index(storeParts, ours); from >= 0 && to >= 0 {
		if to >= from {
			t.Errorf("%s imports %s, against the direction", name, ours)
		}
		return
	}
	if from, to := slices.Index(deskParts, name), slices.Index(deskParts, ours); from >= 0 && to >= 0 {
		if first, last := 0, len(deskParts)-1; to != first && from != last {
			t.Errorf("%s imports the area %s", name, ours)
		}
		return
	}
	switch {
	case !known:
		t.Errorf("%s imports %s, which no layer knows", name, ours)
	case theirs > own:
		t.Errorf("%s imports %s, against the direction", name, ours)
	case theirs == useCaseLayer && own == useCaseLayer:
		if slices.Index(useCases, ours) > slices.Index(useCases, name) {
			t.Errorf("%s imports %s, which comes after it", name, ours)
		}
	case theirs == own && strings.HasPrefix(ours, "digest/pull") && strings.HasPrefix(name, "digest/pull/"):
		if slices.Index(stages, ours) > slices.Index(stages, name) {
			t.Errorf("%s imports %s, which comes after it", name, ours)
		}
	case theirs == own && own != pureLayer:
		t.Errorf("%s imports its neighbour %s", name, ours)
	}
}

// wiring are the files of the command that join the parts, and those that are about
// a database as a whole: to read it out, fill it, or bring it up to date.
var wiring = []string{"wire.go", "wire_desk.go", "wire_keeping.go", "wire_bounce.go", "wire_metrics.go", "wire_bench.go", "backup.go", "restore.go", "db.go"}

// calledDirectly are the stages that commands may call: following a blog and pulling
// it now are decisions of no other package. Package work gives the words of a
// listing, and package publish renders a preview that nobody stores.
var calledDirectly = []string{"digest/pull", "digest/work", "digest/publish"}

// TestSurfacesCallUseCases keeps commands and pages from writing past the use cases:
// they do not know the database, and no stage.
func TestSurfacesCallUseCases(t *testing.T) {
	below := slices.Concat(stages, storeParts)
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 20 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if isOneOf(file, wiring) || strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, imported := range parsed.Imports {
			name := strings.TrimPrefix(strings.Trim(imported.Path.Value, `"`), "postbag/")
			isCalled := slices.ContainsFunc(calledDirectly, func(of string) bool { return name == of || strings.HasPrefix(name, of+"/") })
			if isOneOf(name, below) && !isCalled {
				t.Errorf("%s imports %s past the use cases", file, name)
			}
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == "db" {
				t.Errorf("%s uses the database itself", file)
			}
			return true
		})
	}
	for _, p := range listPackages(t) {
		if name := strings.TrimPrefix(p.ImportPath, "postbag/"); name != "digest/web" && !isOneOf(name, deskParts) {
			continue
		}
		for _, imported := range p.Imports {
			if name := strings.TrimPrefix(imported, "postbag/"); isOneOf(name, below) {
				t.Errorf("%s imports %s past the use cases", p.ImportPath, name)
			}
		}
	}
}

// TestProductionImportsNoTestHelp keeps test servers, browsers and fixtures out
// of the program; the invented blog of the demo is the one exception.
func TestProductionImportsNoTestHelp(t *testing.T) {
	for _, p := range listPackages(t) {
		if strings.HasSuffix(p.ImportPath, "test") {
			continue
		}
		for _, imported := range p.Imports {
			for _, banned := range []string{"testing", "net/http/httptest", "github.com/emersion/go-smtp", "github.com/chromedp/", "go.uber.org/goleak"} {
				if strings.HasPrefix(imported, banned) {
					t.Errorf("%s imports %s", p.ImportPath, imported)
				}
			}
			if imported == "postbag/digest/sampleblog" && p.ImportPath != "postbag/cmd/postbag" {
				t.Errorf("%s imports the demo's blog", p.ImportPath)
			}
		}
	}
}

func listPackages(t *testing.T) []listedPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,Standard", "postbag/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listedPackage
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listedPackage
		if err := dec.Decode(&p); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func isOneOf(s string, list []string) bool {
	for _, x := range list {
		if s == x {
			return true
		}
	}
	return false
}

// TestExpressions finds a fault in a regular expression before a user's first use of it.
func TestExpressions(t *testing.T) {
	n, err := lazyregexp.CheckAll()
	if err != nil || n < 200 {
		t.Errorf("of %d expressions: %v", n, err)
	}
}
