"""Dutch forms that neither the stemmer nor a word list brings home, as they are used at a town hall."""

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
catalogus catalogi
cafe cafes
centrum centra
collegium collegia
crisis crises
criterium criteria
curriculum curricula
datum data
ei eieren eier eitje eitjes
forum fora
gebod geboden
gelid gelederen
gemoed gemoederen
gezond gezonder gezondst gezondste
god goden
goed goederen
gymnasium gymnasia
historicus historici
hoen hoenderen
kalf kalveren
kind kinderen kinders kinder
kleed klederen kleren
koe koeien
laboratorium laboratoria
lam lammeren
lid leden
lied liederen
medicus medici
medium media
memorandum memoranda
museum musea
musicus musici
ontslag ontslagen
podium podia
politicus politici
rad raderen
rund runderen runders
schip schepen scheepje scheepjes
smid smeden
stad steden stedelijk
stadium stadia
symposium symposia
technicus technici
thesis theses
verbod verboden
verslag verslagen
vlo vlooien
volk volkeren
zon zonne
"""
FORMS = {form: line.split()[0] for line in _FORMS.strip().splitlines() for form in line.split()}
