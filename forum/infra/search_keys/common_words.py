"""Words that say nothing of what a title is about, in small letters and without accents; written down, never counted.

How often a word stands in the texts of a network tells of its closed spaces, so no list is made of those. LITTLE are
those that say nothing of what somebody looks for either: none that one may look for in another language, as "les",
"door", "pas", "as", "An", "was", "IT", "WHO", "US", "UN", "SES" and "CE", and none so long that a typing error in it
is mended. Words as "bij" and "als", which are names of something in the same language too, hardly ever stand for that.
"""

DUTCH = """
    aan aantal achter af al alle alleen alles als altijd ander andere anders begin begint beter bij bijna binnen
    blijft blijven boven buiten daar daarom dag dagen dan dat de den der deze dichter die dit doe doen doet door
    drie druk duurt echt een eens eerst eerste eigen elk elke en er ergens erover even gaan gaat gebruiken geeft
    geen gelukt geweest geworden ging goed goede graag groot grote haal haalt had hadden halen heb hebben hebt
    heeft heel hele helft help helpt hem hen het hier hij hoe hoeveel houden houdt hun idee iedereen iemand iets
    ik in ineens is ja jaar jaren jij jou jouw juist jullie kan keer kies kiezen klein kleine kom komen komt
    krijg krijgen krijgt kunnen laat laten leren les lessen loopt lopen lukt lukte maak maakt maakte maand
    maanden maar mag maken mee meer meest men mensen met mij mijn min minder moet moeten mogelijk na naar naast
    net niemand niet niets nieuw nieuwe nodig nog nooit nu of om onder ons onze ook op open over paar per plaats
    plek plots samen sinds snel soms staan staat steeds straks te tegen terug tijd tijdens toch toe toen tot
    tussen twee uit uur vaak van vanaf vast vaste veel verder vier vinden vindt volgend volgende voor vooraf
    vorig vorige vraag vragen waar waarom wanneer want waren was wat week weer weet weg weken wel welk welke
    werd werk werken werkt werkte weten wie wij wil willen word worden wordt zal ze zeer zeggen zegt zelf zich
    zie zien ziet zij zijn zin zo zoals zoeken zoekt zonder zou zouden zullen
"""
ENGLISH = """
    about after all also and any are ask because been before best but can case cases city could day days did
    does done each everybody experience few first for from get gets give goes good had has have help her here
    his how into its just keep know last less lesson like long made make makes many may more most much need
    needs new next not now off old one only open other our out over own people question should since some
    somebody somewhere story take tell than that the their them then there these they thing things this those
    three time together too two under until use used very want was way week what when where which who why will
    with without work worked working works year years you your
"""
FRENCH = """
    apres au aussi aux avant avec avoir beaucoup bien ce ces cet cette chez comme comment dans de des deux du
    elle elles en encore entre est et etre faire fait ils jour la le les leur leurs mais meme moins mois mon ne
    nos notre nous on ont ou par pas plus pour pourquoi quand que quel quelle qui sa sans se ses si son sont
    sous sur tous tout tres un une vers vos votre vous
"""
_LITTLE = """
    aan al als bij dat de den der deze die dit een en er ge heb het hij hoe hun ik in is je kan me met nog nu of om
    ons ook op te tot uit van voor wat we wel wie wij ze zich zij zijn zo
    a am and are at be but by do for from had has have he her his how i if in into is its me my no not of on
    or our she so than that the them they this to we were what when will with you your
    au aux avec ces de des du elle en est et il ils je la le leur ma mon ne nos nous on ou par pour que
    qui sa sur te tu une vous y
    """
LITTLE = frozenset(_LITTLE.split())
COMMON = frozenset(" ".join((DUTCH, ENGLISH, FRENCH)).split()) | LITTLE
