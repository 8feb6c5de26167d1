"""Words and signs that mean yes and no, in the languages and programs that tables come from."""

# As ``outcomes`` compares them: in small letters, without blanks around them.
YES = frozenset(
    """1 true yes y t on 是 有 对 對 はい ○ ✓ ✔ ☑ ✅ 예 네 oui vrai ja j si sí s sì vero
    verdadero sim verdadeiro wahr да д истина так tak prawda ano áno pravda igen igaz
    kyllä tosi jah evet doğru ναι αληθής نعم صحيح כן אמת हाँ हां ใช่ ya benar có co đúng
    joo waar sand sant o da adevărat""".split()
)
NO = frozenset(
    """0 false no n f off 否 无 無 非 错 錯 いいえ × ✗ ✘ ☐ ❌ 아니요 아니오 non faux nein
    falsch falso não nao нет н ложь ні nie fałsz ne nepravda nem hamis ei epätosi hayır
    hayir yanlış όχι ψευδής لا خطأ לא שקר नहीं ไม่ใช่ ไม่ tidak salah không khong sai
    nej nee onwaar falsk usant nu fals""".split()
)
