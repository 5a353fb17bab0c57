<link rel="stylesheet" href="modules/servers/sluice/assets/sluice.css">
<div class="sluice">
  {if $sluice.fault}<p class="sluice-fault" role="status">{$sluice.fault|escape}</p>{/if}
  {if $sluiceNewPassword}
    <p class="alert alert-{$sluiceNewPassword.tone|escape}">{$sluiceNewPassword.label|escape}: <code>{$sluiceNewPassword.password|escape}</code>. {$sluiceNewPassword.text|escape}</p>
  {/if}
  {if $sluice.title}<h3 dir="auto">{$sluice.title|escape}</h3>{/if}
  {if $sluice.summary}<p dir="auto">{$sluice.summary|escape}</p>{/if}
  {foreach $sluice.parts as $part}
    <section class="sluice-part" id="sluice-{$part.id|escape}">
      {if $part.title}<h4 dir="auto">{$part.title|escape}</h4>{/if}
      {$part.html nofilter}
    </section>
  {/foreach}
  {if $sluice.timeZone}<p class="sluice-zone">Times: {$sluice.timeZone|escape}</p>{/if}
  {if $sluice.due}<p class="alert alert-warning sluice-due" dir="auto"><a href="{$sluice.due.href|escape}">{$sluice.due.label|escape}</a></p>{/if}
  {foreach $sluice.unpaid as $purchase}
    <p class="alert alert-warning sluice-unpaid"><bdi>{$purchase.package|escape}</bdi> is pending: <a href="viewinvoice.php?id={$purchase.invoice|escape:'url'}">pay invoice {$purchase.invoice|escape}</a></p>
  {/foreach}
  {if $sluice.credit || $sluice.topUp}
    <p class="sluice-credit">{if $sluice.credit}Your credit: {$sluice.credit|escape}. {/if}{if $sluice.topUp}<a href="{$sluice.topUp|escape}">Add funds</a>{/if}</p>
  {/if}
  {if $sluice.packages}
    <form class="sluice-buy" method="post" action="clientarea.php?action=productdetails">
      <input type="hidden" name="id" value="{$sluiceService|escape}">
      <input type="hidden" name="modop" value="custom">
      <input type="hidden" name="a" value="buy">
      <input type="hidden" name="ticket" value="{$sluiceTicket|escape}">
      <input type="hidden" name="agreed" value="{$sluice.agreed|escape}">
      <label>Extra traffic
        <select name="package">
          {foreach $sluice.packages as $package}<option value="{$package.package|escape}">{$package.label|escape}</option>{/foreach}
        </select>
      </label>
      <button type="submit" class="btn btn-primary">Buy</button>
    </form>
  {/if}
  {if $sluice.loginLink}
    <p><a class="btn btn-default" href="clientarea.php?action=productdetails&amp;id={$sluiceService|escape}&amp;dosinglesignon=1">Log in to the panel</a></p>
  {/if}
</div>
