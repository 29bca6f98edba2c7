package site

// The pages of arranging an issue, beside [ArrangeScreen] itself.
const (
	ArrangePreview Page = Desk + "/issues/{issue}/arrange/preview" // the introduction as readers see it
	ArrangeNews    Page = Desk + "/issues/{issue}/arrange/news"    // what others changed meanwhile
	HistoryScreen  Page = Desk + "/issues/{issue}/history"
	VoicesScreen   Page = Desk + "/issues/{issue}/voices" // whom the picks leave out
)
