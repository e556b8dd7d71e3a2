"""Dutch forms that neither the stemmer nor a word list brings home, as they are used at a town hall.

And words of which both make another word: the stemmer leads "mensen" to "men", "vereniging" to "ver".
"""

from forum.infra.search_keys.rules import rule

# A word, and forms of it that get its key.
_FORMS = """
aanbod aanboden
academicus academici
aquarium aquaria
bad baden
basis bases
been beenderen
beslag beslagen
blad bladeren
cafe cafes
catalogus catalogi
centrum centra
collegium collegia
crisis crises
criterium criteria
curriculum curricula
dag dagen
dak daken
datum data
ei eieren eier eitje eitjes
forum fora
gat gaten
gebod geboden
gelid gelederen
gemoed gemoederen
gezond gezonder gezondst gezondste
glas glazen
god goden
goed goederen
graf graven
grof grove grover grovere
gymnasium gymnasia
historicus historici
hoen hoenderen
hof hoven
kalf kalveren
kind kinderen kinders kinder
kleed klederen kleren
koe koeien
laboratorium laboratoria
lam lammeren
lid leden
lied liederen
lot loten
medicus medici
medium media
memorandum memoranda
museum musea
musicus musici
ontslag ontslagen
pad paden
podium podia
politicus politici
rad raderen
rund runderen runders
schip schepen scheepje scheepjes
smid smeden
spel spelen speel speelt speelde speelden gespeeld spelend spelende spelletje spelletjes
stad steden stedelijk
stadium stadia
staf staven
symposium symposia
technicus technici
thesis theses
tred treden
vat vaten
verbod verboden
verslag verslagen
vlo vlooien
volk volkeren
weg wegen
zon zonne
"""
# A word that is its own key, with forms of it, where the rule would bring it together with another word.
_OWN = """
aanzienlijk aanzienlijke
alleen
arts artsen
bedrijf bedrijven
beheersen beheersing
behoorlijk behoorlijke
beurs beurzen
bijeen
bijen
dans dansen
doorgaans
eens
eigenlijk
gans ganzen
gegevens
geweldig geweldige
grens grenzen
hals halzen
hersenen hersens hersen
kans kansen
koers koersen
kussen kussens
leegstand leegstaand leegstaande leegstaan
lens lenzen
letterlijk letterlijke
mens mensen menselijk menselijke
meteen
natuurlijk natuurlijke
nieuws
openbaar openbare
ouderen oudere
ouders ouder
overeen
overheid overheden
overigens
pauze pauzes
pers persen
plaats plaatsen
prins prinsen
reeks reeksen
rekenen rekening rekeningen reken
tekenen tekening tekeningen teken tekens
tijdens
trouwens
uiteen
verenigen vereniging verenigingen
verkeerd verkeerde
vers verse
volgens
wens wensen
"""
# The key of each of these forms.
FORMS = {
    form: base if is_own else rule(base, "nl")
    for is_own, lines in ((False, _FORMS), (True, _OWN))
    for base, *forms in map(str.split, lines.strip().splitlines())
    for form in (base, *forms)
}
