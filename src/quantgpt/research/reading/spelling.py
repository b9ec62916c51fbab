"""One spelling of a text: half-width, lower case, simplified characters, no signs that cannot be seen."""

from __future__ import annotations

import unicodedata

_TRADITIONAL = (
    "個個 過过 漲涨 幅幅 動动 線线 價价 額额 換换 單单 總总 開开 盤盘 勢势 強强 弱弱 轉转 報报 酬酬 變变 異异 數数 對对 選选 買买 賣卖 "
    "離离 極极 長长 無无 業业 險险 盪荡 蕩荡 動动 穩稳 壓压 調调 區区 間间 內内 從从 處处 後后 時时 當当 對对 這这 樣样 們们 請请 "
    "幫帮 試试 測测 驗验 證证 構构 設设 計计 寫写 給给 個个 隻只 檔档 號号 標标 準准 權权 減减 縮缩 擴扩 張张 頭头 點点 條条 "
    "據据 訊讯 資资 產产 財财 務务 機机 構构 評评 級级 師师 場场 關关 係系 聯联 續续 連连 陽阳 陰阴 實实 體体 紅红 綠绿 "
    "觀观 勝胜 負负 賺赚 虧亏 虛虚 淨净 負负 債债 營营 收收 員员 農农 應应 該该 會会 還还 與与 為为 於于 來来 並并 兩两 "
    "幾几 週周 歲岁 曆历 歷历 夠够 夾夹 難难 雙双 層层 較较 輸输 贏赢 贏赢 領领 邊边 遠远 進进 運运 達达 適适 遞递 遲迟 "
    "鐘钟 鍾钟 錢钱 銀银 鏈链 際际 陸陆 隨随 險险 雜杂 電电 項项 順顺 預预 題题 額额 類类 顯显 風风 飆飙 餘余 驟骤 "
    "黃黄 齊齐 龍龙 規规 視视 覺觉 訂订 記记 訓训 託托 認认 語语 說说 誤误 課课 談谈 論论 諾诺 謝谢 識识 議议 讓让 "
    "貝贝 貨货 費费 貴贵 質质 賬账 賽赛 贊赞 車车 軌轨 輕轻 輪轮 積积 種种 稱称 穿穿 競竞 筆笔 節节 範范 簡简 籌筹 "
    "組组 結结 絕绝 統统 經经 綜综 維维 緊紧 緩缓 績绩 縱纵 織织 繼继 纔才 缺缺 罷罢 義义 習习 聽听 腳脚 臨临 舉举 "
    "蘭兰 術术 裏里 裡里 補补 複复 覆覆 恆恒 懸悬 戰战 戶户 護护 拋抛 拉拉 掛挂 採采 換换 揚扬 損损 搶抢 擇择 擊击 "
    "斷断 佈布 佔占 佔占 倉仓 們们 偏偏 側侧 優优 傳传 儲储 億亿 價价 創创 劇剧 劃划 勁劲 勢势 匯汇 協协 卻却 厭厌 "
    "參参 叢丛 吳吴 員员 問问 單单 嗎吗 嚴严 圍围 圖图 團团 執执 堅坚 壞坏 夢梦 奪夺 婦妇 學学 寬宽 審审 將将 專专 "
    "導导 屬属 嶺岭 帳帐 帶带 幣币 幹干 庫库 廣广 廳厅 彈弹 徑径 復复 態态 慣惯 慮虑 憶忆 懷怀 擔担 樞枢 樣样 檢检 "
    "權权 歸归 殘残 殺杀 決决 沒没 況况 洩泄 淺浅 溫温 滯滞 滿满 漸渐 潛潜 濟济 爭争 爲为 狀状 獲获 現现 環环 畫画 "
    "異异 疊叠 發发 盡尽 監监 眾众 瞭了 礎础 禮礼 離离 窄窄 簽签 約约 純纯 級级 終终 網网"
)
_SIMPLER = {ord(pair[0]): pair[1] for pair in _TRADITIONAL.split() if pair[0] != pair[1]}
_DASHES = {ord(sign): "-" for sign in "‐‑‒–−－"} | {ord(sign): "'" for sign in "’‘`´"}
LONGEST = 600
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "So", "Mn"})
"""categories of signs that say nothing about a factor: controls, marks that change the sign before, pictures"""


def plain(text: str) -> str:
    """The text in the one spelling that words are looked up in."""
    half = unicodedata.normalize("NFKC", text[: 2 * LONGEST])
    seen = "".join(sign for sign in half if sign in "\n\t" or unicodedata.category(sign) not in _UNSEEN)
    return seen.translate(_DASHES).lower().translate(_SIMPLER)
