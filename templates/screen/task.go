package screen

// Task is something that runs, or ran, beside; the part "task" shows it, and renews it
// by itself while it runs.
type Task struct {
	ID    int64 // 0 for none
	Live  bool
	Title string // what it does: "Pulling the history"
	Words string // how far it is
	// Percent is 0 to 100, or -1 where that is not known.
	Percent int
	Begun   string // when
	By      string // who began it
	Ended   string // a sentence
	Said    []string
	Problem string
	Hint    string
	Stop    string // where a POST ends it
	Refresh string // the page that it stands on
}
