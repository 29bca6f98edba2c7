package pack

const dutch = `
small: de het een en van in is dat op te zijn die met voor niet aan er om ook als maar dan bij ze hij zo was uit door over naar hebben heeft wel nog worden wordt of had ik je we u wat deze dit geen meer al tot kan nu hun mijn ons toch

i: ik
me: me mij mezelf
my: mijn m'n
we: we wij ons onze onszelf
you: jij je jou jouw u uw jullie
being: ben werk woon leef rijd geef verzorg leid heb

past: was waren had hadden heb hebben ben werd werden kon konden moest moesten mocht wilde wilden wou zou zag zagen ging gingen kwam kwamen zei zeiden nam stond stonden zat zaten lag vond vonden bleef bleven schreef liep reed reden riep wist dacht bracht kreeg kregen verloor begon stierf sprak hielp hield trok liet droeg ontmoette at sliep groeide viel leerde werkte woonde leefde maakte deed deden gaf gaven geweest gehad gezien gedaan gegaan gekomen gezegd gewerkt gewoond gereden gewacht betaalde vroeg belde wachtte stopte

notpast: heden onder ander andere anderen worden houden vinden beide beiden steden leden midden tijden goede eerste einde aarde orde iedere zonder honderden vrienden geld goed gebied geluid gezond geheel gedeelte gemeente gewoon gebruiken gezicht gerust getal gevallen geven geloven geen gebouwen gezinnen genoeg gedoe gelden kinderen

life: jaar jaren maand maanden week weken dag dagen nacht nachten ochtend avond winter zomer kerst gisteren maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
  werk baan dienst diensten nachtdienst rooster overuren opleiding stage loon salaris pensioen studie beroep werkdruk
  collega collega's baas chef leidinggevende chauffeur klant klanten patiënt patiënten leerling leerlingen student studenten reiziger reizigers huurder huurders huisbaas verpleegster verpleegkundige leraar lerares juf meester vakbond team cliënt cliënten
  kantoor werkplaats station ziekenhuis school klas rechtbank winkel fabriek magazijn keuken tuin volkstuin gemeentehuis kliniek praktijk kantine bus trein tram fiets auto metro bibliotheek markt boerderij afdeling halte rij
  moeder vader ouders mama papa zoon dochter vrouw man kind kinderen kleinzoon kleindochter oma opa zus zusje broer tante oom buurman buurvrouw buren vriend vriendin vrienden baby gezin familie
  huis flat woning straat dorp deur huisarts dokter afspraak operatie behandeling gewerkt gewoond lesgegeven

common: alle alleen alles altijd ander andere anders bent beter bijna bijvoorbeeld binnen buiten daar daarna dezelfde ding dingen doen doet door echt eens eerst eerste eigenlijk elke enkele even gaan gaat gebeurt geeft gewoon goed goede graag groot grote heel helemaal hier hoeveel iedereen iemand iets jaar jaren juist keer klein komen komt kunnen laat laatste lang langer lijkt maken maakt meer meeste mensen minder misschien moeten mogen naar nieuwe niets nodig nooit omdat onder ongeveer over paar plaats praten samen slechts soms staan staat steeds terug terwijl tijd toch tussen vaak van vandaag veel verder vinden volgende voor vooral vroeg waar waarom wanneer want weer weinig wellicht welke werk willen zeer zeggen zelf zelfs zich zien zijn zonder zoals uren minuten weken dagen artikel bericht reactie onderwerp vraag

view: denk vind hoop geloof vermoed snap begrijp weet zie twijfel neem gok wens verwacht

because: omdat want echter daarom dus tenzij hoewel terwijl anders immers namelijk bovendien daardoor waardoor zodat doordat desondanks niettemin daarentegen vandaar mits zolang dat_betekent dat_wil_zeggen de_reden aan_de_andere_kant ondanks dankzij wegens vanwege ofschoon ook_al in_plaats bijvoorbeeld het_probleem_is oftewel weliswaar als_gevolg zou_betekenen

should: moeten_we we_moeten moeten_ze zou_moeten zouden_moeten moeten_maken moeten_krijgen moeten_komen moeten_blijven moeten_hebben moeten_zijn moeten_worden moeten_doen moeten_geven moet_de moet_het moet_er moet_echt zouden_we laten_we laat_de waarom_niet wat_als stel_voor voorstel voorstellen pleit pleiten beter_zou zou_beter hoog_tijd het_wordt_tijd kunnen_we zouden_ze we_kunnen dient dienen eis eisen raad_aan verdient nodig_is er_moet is_nodig beter_kunnen
has:

feel: bang boos woedend verdrietig trots schaam schaamde schaamte blij gelukkig ongelukkig opgelucht dankbaar eenzaam uitgeput wanhopig gehuild huilen huil huilde tranen bezorgd angst angstig ontroerd geraakt verdriet vreugde vernederd walging teleurgesteld geschokt verontwaardigd jaloers haat haatte schuldig schuldgevoel zenuwachtig depressief hulpeloos machteloos mis_haar mis_hem heimwee kippenvel gekwetst geschrokken radeloos zielsgelukkig zat_van brak_mijn_hart balen verbijsterd genoten

insult: zuurpruim eikel lul trut sneu loser ga_dan aansteller idioot idioten leugenaar leugenaars dom domme sukkel sukkels trol trollen belachelijk zielig zielige onnozel onnozele onzin kletskoek gelul gezeur lafaard hypocriet hypocrieten arrogant hou_je_mond houd_je_mond mensen_zoals_jij mensen_zoals_u geen_idee_waar flauwekul clown achterlijk achterlijke geraaskal debiel onbenul zeikerd doe_normaal schaam_je jij_snapt u_snapt

event: vervroegd verplaatst uitgesteld vergadering bijeenkomst overleg sluiting sluit sluiten gesloten staking stemming verkiezing verkiezingen rechtszaak uitspraak hoorzitting brief mail bericht mededeling ontslag ontslagen bezuiniging bezuinigingen opening opent begint start deadline demonstratie petitie uitslag werkzaamheden dienstregeling verhuizing verhuist inloopavond informatieavond geschrapt vervalt afgesloten gesloopt sloop raadsvergadering opgeheven vergadert stemt beslist besluit agenda veiling geveild verkoop verkocht afgebroken afgelast
soon: morgen overmorgen vandaag vanavond vanochtend volgende komende aanstaande vanaf_maandag vanaf_dinsdag vanaf_woensdag vanaf_donderdag vanaf_vrijdag vanaf per_januari per_februari per_maart per_april per_mei per_juni per_juli per_augustus per_september per_oktober per_november per_december per_direct deze_week binnenkort op_maandag op_dinsdag op_woensdag op_donderdag op_vrijdag op_zaterdag in_januari in_februari in_maart in_april in_mei in_juni in_juli in_augustus in_september in_oktober in_november in_december eind tot_en_met straks vanaf_zaterdag vanaf_zondag op_zondag
told: aangekondigd bekendgemaakt net_gehoord gehoord_dat hoorde hoorden bevestigd bevestigt meegedeeld verteld kregen_te_horen kreeg_te_horen kregen_een kreeg_een besloten meldt maakte_bekend vindt_plaats laat_weten liet_weten heeft_gezegd hebben_gezegd gezegd_dat bekend_gemaakt laten_weten
will: wordt worden gaat_dicht zal zullen is_er hangt gaat_de komt_er gaat_het krijgen

number: twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien twintig dertig veertig vijftig zestig zeventig tachtig negentig honderd honderden duizend duizenden miljoen miljoenen miljard miljarden dozijn procent half halve kwart anderhalf anderhalve tiental tientallen eenentwintig tweeëntwintig drieëntwintig vierentwintig vijfentwintig zesentwintig zevenentwintig achtentwintig negenentwintig eenendertig tweeëndertig vijfendertig

source: http https www volgens rapport_van rapport_staat rapport_blijkt uit_onderzoek onderzoek_van onderzoek_blijkt enquête cijfers_van cbs notulen gepubliceerd artikel bron bronnen statistiek statistieken jaarverslag rekenkamer verslag raadsstuk krant gelezen_in telling woo-verzoek peiling

anyone: iemand

opener: ja nee precies klopt juist inderdaad eens mee_eens dank bedankt goed_gezegd helemaal_mee onzin flauwekul fout absoluut zeker ach tja haha lol sorry ok oké wow ik_ook idem je_hebt_gelijk u_heeft_gelijk zoals_je zoals_u waarom_zeg hoezo echt spijker ben_het_eens sluit_me_aan dat_is_zo goed_punt helemaal_waar
differs: nee_hoor niet_mee_eens niet_zo oneens niet_mee_eens klopt_niet niet_waar integendeel in_tegenstelling oneerlijk niet_overtuigd zie_dat_anders zie_ik_anders anders_ervaren ter_verdediging het_omgekeerde andere_mening niet_zo_simpel waag_te_betwijfelen te_kort_door_de_bocht niet_terecht tegenovergestelde betwijfel
pronoun: dat dit hij zij ze hem haar hen
day: maandag dinsdag woensdag donderdag vrijdag zaterdag zondag januari februari maart april mei juni juli augustus september oktober november december meneer mevrouw
not: niet nooit geen niemand niets noch zonder nauwelijks nergens
role: leidinggevende chef leraar lerares chauffeur verpleegkundige verpleegster arts huisarts directeur directrice burgemeester wethouder raadslid conciërge beheerder penningmeester secretaris stagiair stagiaire bibliothecaris verloskundige machinist conducteur teamleider
accuse: gestolen diefstal fraude gelogen liegt leugenaar omgekocht corrupt corruptie verduisterd vervalst mishandeld misbruikt gepest intimidatie dronken racist crimineel dief oplichter opgelicht gechanteerd
`
