package screen

// Settings are those of the publication and of its series.
type Settings struct {
	Action      string
	Publication []Field
	Was         []Hidden // what its fields show
	Series      []SeriesForm
	NewSeries   string // address
	Process     []Setting
	Mistakes    []Field
	MayChange   bool // whoever looks may change what all series share
}

// Heading names the screen.
func (Settings) Heading() (name, title string) { return "settings", "Settings" }

// SeriesForm is the form of one series.
type SeriesForm struct {
	Name, Slug string
	Action     string
	Fields     []Field
	Plan       PlanForm
	Blogs      []Tick // that it takes comments of; none where there is only one blog
	Was        []Hidden
	Public     string // address of its pages
	Suggest    string // where its suggestions are tuned
}

// Hidden is a value that a form carries along.
type Hidden struct{ Name, Value string }

// Tick is a box to tick.
type Tick struct {
	Name, Value, Label string
	On                 bool
}

// PlanForm asks when issues go out.
type PlanForm struct {
	Every, Weekday, Date, At, Expr Field
	// Words says the schedule as it is, with its next moments.
	Words   string
	Moments []string
}

// Setting is a setting of the process.
type Setting struct{ Name, Value, From string }

// SeriesNew is the form for a further series.
type SeriesNew struct {
	Action, Back string
	Fields       []Field
	Plan         PlanForm
	Blogs        []Tick
	Mistakes     []Field
}

// Heading names the screen.
func (SeriesNew) Heading() (name, title string) { return "seriesnew", "A further series" }

// System says how the installation is and what it does by itself.
type System struct {
	Facts   []Fact
	Hold    *Hold // nil where sending is not held
	Holding string
	Workers []Fact
	Duties  []DutyRow
	Process []Setting
	Tasks   []TaskRow
	MayHold bool
}

// Heading names the screen.
func (System) Heading() (name, title string) { return "system", "System" }

// Hold says that sending is held, and what waits for it.
type Hold struct {
	Since, Reason, By string
	Issues            []Fact
	Letters           int
	Decide            bool // something may have gone on elsewhere
}

// DutyRow is something that is done by itself.
type DutyRow struct{ Name, Next, Now, Last, Problem string }

// TaskRow is something that runs, or ran, beside.
type TaskRow struct{ Title, State, When string }
