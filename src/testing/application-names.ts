/** The applications of Asterisk 16 and 22 (`core show applications`). */
const NAMES = `
  AddQueueMember ADSIProg AgentLogin AgentRequest AGI AlarmReceiver AMD Answer AttendedTransfer AudioSocket Authenticate BackGround
  BackgroundDetect BlindTransfer Bridge BridgeAdd BridgeWait Broadcast Busy CallCompletionCancel CallCompletionRequest CELGenUserEvent
  ChangeMonitor ChanIsAvail ChannelRedirect ChanSpy ClearHash ConfBridge ConfKick Congestion ContinueWhile ControlPlayback DAHDIScan
  DateTime DBdeltree DeadAGI Dial Dictate Directory DISA DumpChan EAGI Echo Else ElseIf EndIf EndWhile Exec ExecIf ExecIfTime ExitIf
  ExitWhile ExtenSpy ExternalIVR Festival FollowMe ForkCDR GetCPEID Gosub GosubIf Goto GotoIf GotoIfTime Hangup HangupCauseClear ICES If
  ImportVar Incomplete Log Macro MacroExclusive MacroExit MacroIf MessageSend Milliwatt MinivmAccMess MinivmDelete MinivmGreet MinivmMWI
  MinivmNotify MinivmRecord MixMonitor Monitor Morsecode MP3Player MSet MusicOnHold NBScat NoCDR NoOp ODBCFinish ODBC_Commit ODBC_Rollback
  Originate Page Park ParkAndAnnounce ParkedCall PauseMonitor PauseQueueMember Pickup PickupChan PJSIPHangup PJSIPNotify Playback PlayTones
  PrivacyManager Proceeding Progress Queue QueueLog QueueUpdate RaiseException Read ReadExten ReceiveFAX ReceiveMF ReceiveSF ReceiveText
  Record Reload RemoveQueueMember ResetCDR RetryDial Return Ringing SayAlpha SayAlphaCase SayDigits SayMoney SayNumber SayOrdinal
  SayPhonetic SayUnixTime SendDTMF SendFAX SendImage SendMF SendSF SendText SendURL Set SetAMAFlags Signal SLAStation SLATrunk SMS
  SoftHangup SpeechActivateGrammar SpeechBackground SpeechCreate SpeechDeactivateGrammar SpeechDestroy SpeechLoadGrammar
  SpeechProcessingSound SpeechStart SpeechUnloadGrammar StackPop StartMusicOnHold Stasis StasisBroadcast StopMixMonitor StopMonitor
  StopMusicOnHold StopPlayTones StoreDTMF StreamEcho System TestClient TestServer ToneScan Transfer TryExec TrySystem UnpauseMonitor
  UnpauseQueueMember UserEvent Verbose VMAuthenticate VMSayName VoiceMail VoiceMailMain VoiceMailPlayMsg Wait WaitDigit WaitExten
  WaitForCondition WaitForNoise WaitForRing WaitForSignal WaitForSilence WaitForTone WaitUntil While Zapateller
`

const BY_NAME: ReadonlySet<string> = new Set(NAMES.toLowerCase().trim().split(/\s+/))

/** Whether Asterisk has an application of this name, in any case. */
export function isApplication(name: string): boolean {
  return BY_NAME.has(name.toLowerCase())
}
